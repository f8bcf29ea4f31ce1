import { Refusal } from '../base/refusal.ts';

/**
 * The life of a sealed model. `draft`: being added, nothing counts yet. `scanned`, `signed`: what is sealed passed.
 * `approved`: enough people say it may be used. `active`: it is the one of its name. `revoked`: never again.
 */
export type ModelState = 'draft' | 'scanned' | 'signed' | 'approved' | 'active' | 'revoked';

/** Who did something. */
export interface Person {
  /** Of the caller. */
  readonly id: string;
  /** Who answers for the caller: two keys of one person are one person. */
  readonly owner: string;
}

/** One version of a sealed model, as the registry has it. */
export interface RegisteredModel {
  /** `mdl_` and 32 hex digits. */
  readonly id: string;
  readonly name: string;
  /** From 1, in the order in which they were added. */
  readonly version: number;
  readonly state: ModelState;
  readonly submitter: Person;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** SHA-256 (hex) that stands for the names, sizes and digests of all files. */
  readonly root: string | null;
  readonly files: number;
  readonly bytes: number;
  /** Whose signature was found, by the name of the trust policy. */
  readonly signer: string | null;
  readonly approvals: readonly (Person & { readonly time: number })[];
  readonly revoked: number | null;
}

/** What a model must have before it is used. */
export interface ModelRules {
  /** People who must have approved, the submitter not among them. */
  readonly approvals: number;
  /** Whether one that nobody has signed may be used. */
  readonly unsigned: 'allow' | 'refuse';
}

export type ModelStep =
  | {
      readonly act: 'scan';
      readonly by: Person;
      readonly root: string;
      readonly files: number;
      readonly bytes: number;
    }
  | { readonly act: 'sign'; readonly by: Person; readonly signer: string }
  | { readonly act: 'approve'; readonly by: Person; readonly root: string; readonly rules: ModelRules }
  | { readonly act: 'activate'; readonly rules: ModelRules }
  | { readonly act: 'revoke' };

/**
 * The model after a step. Throws `conflict` where the step does not follow from its state, `forbidden` where it is not
 * theirs to take. @param now milliseconds since 1970
 */
export function stepped(model: RegisteredModel, step: ModelStep, now: number): RegisteredModel {
  switch (step.act) {
    case 'scan':
      expect(model, ['draft']);
      checkSubmitter(model, step.by);
      return { ...model, state: 'scanned', root: step.root, files: step.files, bytes: step.bytes };
    case 'sign':
      expect(model, ['scanned']);
      checkSubmitter(model, step.by);
      return { ...model, state: 'signed', signer: step.signer };
    case 'approve':
      return approved(model, step, now);
    case 'activate':
      expect(model, ['approved']);
      checkUsable(model, step.rules);
      return { ...model, state: 'active' };
    case 'revoke':
      expect(model, ['draft', 'scanned', 'signed', 'approved', 'active']);
      return { ...model, state: 'revoked', revoked: now };
  }
}

function approved(
  model: RegisteredModel,
  { by, root, rules }: Extract<ModelStep, { act: 'approve' }>,
  now: number,
): RegisteredModel {
  expect(model, ['scanned', 'signed', 'approved']);
  checkSigned(model, rules);
  if (model.root !== root)
    throw new Refusal('conflict', {
      field: '/root',
      hint: 'The model has another digest than the one approved.',
    });
  if (isSame(by, model.submitter))
    throw new Refusal('forbidden', { hint: 'Who submitted a model does not approve it.' });
  if (model.approvals.some((one) => isSame(one, by)))
    throw new Refusal('conflict', { hint: 'This person has approved it already.' });
  const approvals = [...model.approvals, { id: by.id, owner: by.owner, time: now }];
  return { ...model, approvals, state: approvals.length >= rules.approvals ? 'approved' : model.state };
}

/** Throws `conflict` where the model has not what the rules ask for now, whatever they asked for earlier. */
export function checkUsable(model: RegisteredModel, rules: ModelRules): void {
  checkSigned(model, rules);
  const others = model.approvals.filter((one) => !isSame(one, model.submitter));
  const people = others.filter((one, i) => others.findIndex((other) => isSame(other, one)) === i);
  if (people.length < rules.approvals)
    throw new Refusal('conflict', {
      hint: `It is approved by ${people.length} of ${rules.approvals} people who are needed.`,
    });
}

function checkSigned({ signer }: RegisteredModel, { unsigned }: ModelRules): void {
  if (signer === null && unsigned === 'refuse')
    throw new Refusal('conflict', { hint: 'Nobody who is trusted has signed it.' });
}

function checkSubmitter({ submitter }: RegisteredModel, by: Person): void {
  if (!isSame(submitter, by)) throw new Refusal('forbidden', { hint: 'Somebody else is adding this model.' });
}

const isSame = (a: Person, b: Person): boolean => a.id === b.id || a.owner === b.owner;

function expect({ state }: RegisteredModel, states: readonly ModelState[]): void {
  if (!states.includes(state)) throw new Refusal('conflict', { hint: `The model is ${state}.` });
}
