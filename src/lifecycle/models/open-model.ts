import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { shown } from '../../findings/finding.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import {
  checkUsable,
  type ModelRules,
  type ModelState,
  type RegisteredModel,
} from '../../store/model-steps.ts';
import type { Masters } from '../../vault/masters.ts';
import { labelOf, type SealedEntry } from './form.ts';
import type { SealedModel } from './sealed-model.ts';
import type { SealedModels } from './sealed-models.ts';
import { SignedBytes } from './signed-bytes.ts';
import { type SealedSignature, signatureOn } from './signed-model.ts';

export interface OpenModelOptions {
  /** `name`: the active version; `name@3`. */
  readonly reference: string;
  readonly registry: { find(reference: string): RegisteredModel };
  /** As they are now, not as they were when it was approved. */
  readonly rules: ModelRules;
  /** Whose signatures are taken now; undefined: nobody's. */
  readonly trust: Trust | undefined;
  readonly sealed: SealedModels;
  readonly masters: Masters;
  readonly clock: Clock;
  /** States in which it may be; default: only `active`. */
  readonly states?: readonly ModelState[];
  /**
   * Default true. False is for whoever only looks into it: that it is what was sealed is checked, and nothing else; neither
   * who signed, nor who approved, nor what a scan found.
   */
  readonly toUse?: boolean;
}

/**
 * A model that may be used, and its bytes. What a name stands for in the registry is asked again before every piece: a
 * model that is revoked while it is read gives no more.
 */
export class OpenedModel {
  readonly registered: RegisteredModel;
  /** Who signed, by the name in the policy. */
  readonly signer: string | null;
  readonly files: readonly SealedEntry[];
  readonly #options: OpenModelOptions;
  readonly #model: SealedModel;
  readonly #signature: SealedSignature | undefined;

  constructor(
    options: OpenModelOptions,
    registered: RegisteredModel,
    model: SealedModel,
    signature: SealedSignature | undefined,
  ) {
    this.#options = options;
    this.#model = model;
    this.#signature = signature;
    this.registered = registered;
    this.signer = signature?.signed.signer ?? null;
    this.files = model.files;
  }

  /** A file of the model by its name. Throws Problem('usage') where there is none. */
  find(name: string): SealedEntry {
    const entry = this.files.find((file) => file.as === 'model' && file.name === name);
    if (entry === undefined)
      throw new Problem('usage', `there is no file “${shown(name)}” in ${labelOf(this.registered)}`);
    return entry;
  }

  /**
   * The bytes of one of the `files`, in order. Each piece is authentic as it comes; that the whole file is as it was signed
   * is known only at the end, where it throws Problem('findings') if not: use nothing of it before.
   */
  async *read(file: SealedEntry): AsyncGenerator<Buffer> {
    const { manifest, resources } = this.#signature ?? {};
    const signed =
      manifest === undefined || file.as !== 'model'
        ? undefined
        : new SignedBytes(manifest.hash, resources?.get(file.name) ?? []);
    for await (const piece of this.#model.read(file)) {
      usable(this.#options, labelOf(this.registered));
      signed?.update(piece);
      yield piece;
    }
    if (signed?.finish() === false)
      throw new Problem('findings', `${shown(file.name)} is not as it was signed`);
  }

  /** A whole file, all of it verified. @param most bytes that the caller has room for; throws Problem('usage') beyond */
  async bytes(name: string, most: number): Promise<Buffer> {
    const file = this.find(name);
    if (file.size > most)
      throw new Problem('usage', `${shown(name)} has ${file.size} bytes, and there is room for ${most}`);
    const whole = Buffer.alloc(file.size);
    let at = 0;
    for await (const piece of this.read(file)) at += piece.copy(whole, at);
    return whole;
  }

  /** Reads every file to its end. */
  async check(onBytes: (bytes: number) => void = () => {}): Promise<void> {
    for (const file of this.files) for await (const piece of this.read(file)) onBytes(piece.length);
  }

  close(): void {
    this.#model.close();
  }
}

/**
 * Opens a sealed model to be used: it must be active, approved as the rules ask for now, and signed by somebody whom the
 * policy trusts now. Its bytes are checked as they are read. Throws Problem('findings') where any of it does not hold.
 */
export async function openModel(options: OpenModelOptions): Promise<OpenedModel> {
  const { sealed, masters, trust, clock, rules, toUse = true } = options;
  const registered = usable(options, options.reference);
  const model = await sealed.open(registered, registered.root ?? '', masters);
  try {
    const signature = toUse && trust ? await signatureOn(model, trust, clock.now()) : undefined;
    if (toUse && signature === undefined && (registered.signer !== null || rules.unsigned === 'refuse'))
      throw new Problem(
        'findings',
        `${labelOf(registered)} has no signature of anybody who is trusted`,
        'Sign it and add it again, or name who signed in models.trust of gatehouse.yaml.',
      );
    return new OpenedModel(options, registered, model, signature);
  } catch (error) {
    model.close();
    throw error;
  }
}

/** Throws Problem('findings') where the model may not be used as things are. */
function usable(
  { registry, rules, clock, states = ['active'], toUse = true }: OpenModelOptions,
  reference: string,
): RegisteredModel {
  try {
    const model = registry.find(reference);
    if (!states.includes(model.state))
      throw new Problem('findings', `${labelOf(model)} is ${model.state}`, wayOn(model));
    if (toUse && (model.state === 'approved' || model.state === 'active'))
      checkUsable(model, rules, clock.now());
    return model;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Problem(
      'findings',
      `${shown(reference)} cannot be used: ${error.hint ?? error.message}`,
      'See it with "gatehouse models list".',
      error,
    );
  }
}

/** What has to be done until it can be used. */
function wayOn(model: RegisteredModel): string {
  const label = labelOf(model);
  switch (model.state) {
    case 'draft':
      return 'It is being added, or that ended early: add it again.';
    case 'scanned':
    case 'signed':
      return `It waits for people: gatehouse models approve ${label} --as FILE`;
    case 'approved':
      return `Make it the one that is used: gatehouse models activate ${label}`;
    case 'active':
      return 'It is in use.';
    case 'revoked':
    case 'removed':
      return 'It is never used again: add the model anew, which makes its next version.';
  }
}
