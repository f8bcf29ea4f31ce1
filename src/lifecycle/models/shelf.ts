import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { Turns } from '../../base/turns.ts';
import type { Settings } from '../../settings/settings.ts';
import type { VaultSettings } from '../../settings/vault.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import { type RegisteredModel, type ScannedBy, WHOLE } from '../../store/model-steps.ts';
import { type Masters, openMasters } from '../../vault/masters.ts';
import type { SealedAs, SealedEntry } from './form.ts';
import { type OpenModelOptions, openModel } from './open-model.ts';
import { SealedModels } from './sealed-models.ts';
import { signatureOn } from './signed-model.ts';

export interface ShelfParts {
  /** Of the sealed models. */
  readonly folder: string;
  readonly registry: OpenModelOptions['registry'];
  readonly clock: Clock;
  /** Of Gatehouse. */
  readonly version: string;
  readonly trustIn: (file: string) => Trust;
  readonly read: (file: string) => Uint8Array;
}

/**
 * The sealed models of a gateway, for whoever decides on their steps. Settings, trust policy and master keys are those of
 * the moment. All of it throws Problem.
 */
export class Shelf {
  readonly #parts: ShelfParts;
  readonly #sealed: SealedModels;
  readonly #turns = new Turns();
  /** Bytes that {@link check} has read so far of a model, by its id. */
  readonly checking = new Map<string, number>();

  constructor(parts: ShelfParts) {
    this.#parts = parts;
    this.#sealed = new SealedModels(parts.folder);
  }

  /** By what a model has to be scanned now. */
  scannedBy({ models: { scanPolicy } }: Settings): ScannedBy {
    const { version, read } = this.#parts;
    return scannedBy(version, scanPolicy, read);
  }

  /** The list of a model's files, by its digest, and the signature on it. The bytes are not read. */
  open(about: SealedAs, root: string, settings: Settings): Promise<Contents> {
    const { clock } = this.#parts;
    const trust = this.#trust(settings);
    return withMasters(settings.vault, async (masters) => {
      const model = await this.#sealed.open(about, root, masters);
      try {
        const signature = trust && (await signatureOn(model, trust, clock.now()));
        return contentsOf(model.files, signature?.signed.signer ?? null);
      } finally {
        model.close();
      }
    });
  }

  /** Reads every byte of it too, as whoever uses it would. One model at a time. @param onBytes may throw, to end it */
  check(model: RegisteredModel, settings: Settings, onBytes: (bytes: number) => void): Promise<Contents> {
    const { registry, clock } = this.#parts;
    const use = { registry, clock, sealed: this.#sealed, states: WHOLE, rules: settings.models };
    const reference = `${model.name}@${model.version}`;
    return this.#turns.take(() =>
      withMasters(settings.vault, async (masters) => {
        let done = 0;
        const opened = await openModel({ ...use, masters, reference, trust: this.#trust(settings) });
        try {
          await opened.check((bytes) => {
            done += bytes;
            this.checking.set(model.id, done);
            onBytes(bytes);
          });
          return contentsOf(opened.files, opened.signer);
        } finally {
          this.checking.delete(model.id);
          opened.close();
        }
      }),
    );
  }

  /** A file of an active model that may be used, whole and verified. @param file undefined: the only ONNX file that there is */
  bytes(reference: string, file: string | undefined, settings: Settings): Promise<Uint8Array> {
    const { registry, clock } = this.#parts;
    const use = { registry, clock, sealed: this.#sealed, rules: settings.models };
    return withMasters(settings.vault, async (masters) => {
      const opened = await openModel({ ...use, masters, reference, trust: this.#trust(settings) });
      try {
        return await opened.bytes(file ?? onlyOnnx(opened.files), MOST_BYTES);
      } finally {
        opened.close();
      }
    });
  }

  /** Destroys the key of a model, then its bytes. Nothing happens where they are gone already. */
  destroy(id: string): Promise<void> {
    return this.#sealed.destroy(id);
  }

  /** How many keys of models each master key wraps. */
  keys(): Promise<ReadonlyMap<string, number>> {
    return this.#sealed.keys();
  }

  /** Wraps keys of models under the current master key: those under others, or all (`every`). Returns how many. */
  rewrap({ vault }: Settings, every: boolean): Promise<number> {
    return withMasters(vault, (masters) => this.#sealed.rewrap(masters, every));
  }

  #trust({ models: { trust } }: Settings): Trust | undefined {
    return trust === undefined ? undefined : this.#parts.trustIn(trust);
  }
}

/** ONNX models are at most this long (protocol buffers, 2 GiB). */
const MOST_BYTES = 2 ** 31;

/** Throws Problem('usage') where there is none, or more than one. */
export function onlyOnnx(files: readonly SealedEntry[]): string {
  const [only, ...others] = files.filter(({ as, name }) => as === 'model' && name.endsWith('.onnx'));
  if (only !== undefined && others.length === 0) return only.name;
  throw new Problem(
    'usage',
    'the model has no ONNX file, or several',
    'Name it: “file” of the prediction in gatehouse.yaml.',
  );
}

/** What is in a sealed model. */
export interface Contents {
  readonly files: number;
  readonly bytes: number;
  /** Who signed, by the name in the trust policy; null where nobody did. */
  readonly signer: string | null;
  /** SHA-256 (hex) of each file. */
  readonly digests: ReadonlySet<string>;
}

/** @param policy file of the policy, where there is one */
export const scannedBy = (
  version: string,
  policy: string | undefined,
  read: (file: string) => Uint8Array,
): ScannedBy => ({
  version,
  policy: policy === undefined ? null : createHash('sha256').update(read(policy)).digest('hex'),
});

const contentsOf = (files: readonly SealedEntry[], signer: string | null): Contents => ({
  files: files.length,
  bytes: files.reduce((sum, { size }) => sum + size, 0),
  signer,
  digests: new Set(files.map(({ sha256 }) => sha256)),
});

/** The master keys of the settings, for as long as `act` takes. */
export async function withMasters<T>(
  vault: VaultSettings | undefined,
  act: (masters: Masters) => Promise<T>,
): Promise<T> {
  if (vault === undefined)
    throw new Problem(
      'usage',
      'there is nothing to seal models with',
      'Set vault.masters in gatehouse.yaml.',
    );
  const masters = await openMasters(vault);
  try {
    return await act(masters);
  } finally {
    masters.close();
  }
}
