import { Refusal } from '../base/refusal.ts';
import { MOST_REPORTS, type Robustness } from './robustness.ts';

/**
 * The life of a sealed model. `draft`: being added, nothing counts yet. `scanned`, `signed`: what is sealed passed.
 * `approved`: enough people say it may be used. `active`: it is the one of its name. `revoked`: never again. `removed`: nor
 * can anybody look into it, its key was destroyed.
 */
export const MODEL_STATES = [
  'draft',
  'scanned',
  'signed',
  'approved',
  'active',
  'revoked',
  'removed',
] as const;
export type ModelState = (typeof MODEL_STATES)[number];

/** Who did something. */
export interface Person {
  /** Of the caller. */
  readonly id: string;
  /** Who answers for the caller: two keys of one person are one person. */
  readonly owner: string;
}

/** By what a model was scanned: a later version knows more, and another policy asks for other things. */
export interface ScannedBy {
  /** Version of Gatehouse. */
  readonly version: string;
  /** SHA-256 (hex) of the policy of the scan; null where there was none. */
  readonly policy: string | null;
}

export interface ScanMade extends ScannedBy {
  /** The last day on which all that it found is excused, `2027-01-31`, UTC; null where nothing ends. */
  readonly until: string | null;
}

export type ScanVerdict = 'clean' | 'findings' | 'undecided';

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
  /** The last one; null in a draft. */
  readonly scan: (ScanMade & { readonly time: number; readonly verdict: ScanVerdict }) | null;
  /** Whose signature was found, by the name of the trust policy. */
  readonly signer: string | null;
  readonly approvals: readonly (Person & { readonly time: number })[];
  readonly revoked: number | null;
  /** How robust it was found to be, the newest last; none where nobody said. */
  readonly robustness?: readonly (Robustness & { readonly time: number; readonly by: string })[];
}

/** What a model must have before it is used. */
export interface ModelRules {
  /** People who must have approved, the submitter not among them. */
  readonly approvals: number;
  /** Whether one that nobody has signed may be used. */
  readonly unsigned: 'allow' | 'refuse';
}

/** Whether somebody who approved may still act: not switched off since, their keys not revoked. */
export type Stands = (person: Person) => boolean;

export type ModelStep =
  | {
      readonly act: 'scan';
      readonly by: Person;
      readonly root: string;
      readonly files: number;
      readonly bytes: number;
      readonly scan: ScanMade;
    }
  | { readonly act: 'sign'; readonly by: Person; readonly signer: string }
  | {
      readonly act: 'rescan';
      readonly root: string;
      readonly scan: ScanMade;
      readonly verdict: ScanVerdict;
    }
  | {
      readonly act: 'attack';
      readonly root: string;
      /** The name of whoever ran it. */
      readonly by: string;
      readonly robustness: Robustness;
    }
  | {
      readonly act: 'approve';
      readonly by: Person;
      readonly root: string;
      readonly rules: ModelRules;
      readonly stands: Stands;
    }
  | {
      readonly act: 'activate';
      readonly rules: ModelRules;
      readonly stands: Stands;
      /** By what it must have been scanned. */
      readonly scan: ScannedBy;
    }
  | { readonly act: 'export'; readonly rules: ModelRules; readonly to: string }
  | { readonly act: 'revoke' }
  | { readonly act: 'remove' };

/** States in which a model lies sealed, whole, and may come to be used or is. */
export const WHOLE: readonly ModelState[] = ['scanned', 'signed', 'approved', 'active'];

/**
 * The model after a step. Throws `conflict` where the step does not follow from its state, `forbidden` where it is not
 * theirs to take. @param now milliseconds since 1970
 */
export function stepped(model: RegisteredModel, step: ModelStep, now: number): RegisteredModel {
  switch (step.act) {
    case 'scan':
      expect(model, ['draft']);
      checkSubmitter(model, step.by);
      return {
        ...model,
        state: 'scanned',
        root: step.root,
        files: step.files,
        bytes: step.bytes,
        scan: { ...step.scan, time: now, verdict: 'clean' },
      };
    case 'sign':
      expect(model, ['scanned']);
      checkSubmitter(model, step.by);
      return { ...model, state: 'signed', signer: step.signer };
    case 'rescan':
      expect(model, WHOLE);
      checkRoot(model, step.root);
      return { ...model, scan: { ...step.scan, time: now, verdict: step.verdict } };
    case 'attack':
      expect(model, WHOLE);
      checkRoot(model, step.root);
      return {
        ...model,
        robustness: [
          ...(model.robustness ?? []).filter(({ report }) => report !== step.robustness.report),
          { ...step.robustness, by: step.by, time: now },
        ].slice(-MOST_REPORTS),
      };
    case 'approve':
      return approved(model, step, now);
    case 'activate':
      // Enough may be fewer than when they approved it.
      expect(model, ['scanned', 'signed', 'approved']);
      checkUsable(model, step.rules, now, step.stands);
      checkScan(model, step.scan);
      return { ...model, state: 'active' };
    case 'export':
      expect(model, ['active']);
      checkUsable(model, step.rules, now);
      return model;
    case 'revoke':
      expect(model, ['draft', ...WHOLE]);
      return { ...model, state: 'revoked', revoked: now };
    case 'remove':
      expect(model, ['revoked'], 'Revoke it first.');
      return { ...model, state: 'removed' };
  }
}

function approved(
  model: RegisteredModel,
  { by, root, rules, stands }: Extract<ModelStep, { act: 'approve' }>,
  now: number,
): RegisteredModel {
  // One that is active may need more of them than when it became so.
  expect(model, WHOLE);
  checkSigned(model, rules);
  checkRoot(model, root);
  if (isSame(by, model.submitter))
    throw new Refusal('forbidden', { hint: 'Who submitted a model does not approve it.' });
  if (model.approvals.some((one) => isSame(one, by)))
    throw new Refusal('conflict', { hint: 'This person has approved it already.' });
  const approvals = [...model.approvals, { id: by.id, owner: by.owner, time: now }];
  const enough = peopleFor({ ...model, approvals }, stands) >= rules.approvals;
  return { ...model, approvals, state: enough && model.state !== 'active' ? 'approved' : model.state };
}

/**
 * Throws `conflict` where the model has not what the rules ask for now, whatever they asked for earlier.
 * @param now milliseconds since 1970
 * @param stands whose approvals count (default: everybody's; who leaves does not end what is in use)
 */
export function checkUsable(model: RegisteredModel, rules: ModelRules, now: number, stands?: Stands): void {
  checkSigned(model, rules);
  checkClean(model, now);
  const people = peopleFor(model, stands);
  if (people < rules.approvals)
    throw new Refusal('conflict', {
      hint: `It is approved by ${people} of ${rules.approvals} people who are needed.`,
    });
}

/** How many people have approved it, the submitter not among them. */
function peopleFor({ approvals, submitter }: RegisteredModel, stands: Stands = () => true): number {
  const others = approvals.filter((one) => !isSame(one, submitter) && stands(one));
  return others.filter((one, i) => others.findIndex((other) => isSame(other, one)) === i).length;
}

function checkRoot(model: RegisteredModel, root: string): void {
  if (model.root !== root)
    throw new Refusal('conflict', { field: '/root', hint: 'The model has another digest than that.' });
}

function checkClean({ scan }: RegisteredModel, now: number): void {
  if (scan === null) return;
  if (scan.verdict !== 'clean')
    throw new Refusal('conflict', { hint: 'Its last scan did not come to clean.' });
  const { until } = scan;
  if (until !== null && new Date(now).toISOString().slice(0, 10) > until)
    throw new Refusal('conflict', {
      hint: `What its scan found was excused until ${until}: run gatehouse models rescan.`,
    });
}

function checkScan({ scan }: RegisteredModel, wanted: ScannedBy): void {
  if (scan?.version === wanted.version && scan.policy === wanted.policy) return;
  const hint = 'It was scanned by another version or policy: run gatehouse models rescan.';
  throw new Refusal('conflict', { hint });
}

function checkSigned({ signer }: RegisteredModel, { unsigned }: ModelRules): void {
  if (signer === null && unsigned === 'refuse')
    throw new Refusal('conflict', { hint: 'Nobody who is trusted has signed it.' });
}

function checkSubmitter({ submitter }: RegisteredModel, by: Person): void {
  if (!isSame(submitter, by)) throw new Refusal('forbidden', { hint: 'Somebody else is adding this model.' });
}

/** Two spellings of a name are one person: to take two people for one costs an approval, the other way round the rule. */
const isSame = (a: Person, b: Person): boolean => a.id === b.id || spelt(a.owner) === spelt(b.owner);

const spelt = (owner: string): string =>
  owner
    .normalize('NFKC')
    .replace(/[\p{White_Space}\p{Cf}]/gu, '')
    .toLowerCase();

function expect({ state }: RegisteredModel, states: readonly ModelState[], first = ''): void {
  if (!states.includes(state))
    throw new Refusal('conflict', { hint: `The model is ${state}. ${first}`.trimEnd() });
}
