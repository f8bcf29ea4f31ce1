import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import type { Settings } from '../settings/settings.ts';
import type { RegisteredModel, ScannedBy } from '../store/model-steps.ts';

/** What was found of a sealed model. */
export interface CheckedModel {
  readonly files: number;
  readonly bytes: number;
  /** Who signed, by the name in the trust policy of now; null where nobody did. */
  readonly signer: string | null;
  /** SHA-256 (hex) of each file. */
  readonly digests: ReadonlySet<string>;
}

/** The sealed files of models, and what the settings of now say of them. All of it throws Problem. */
export interface ModelShelf {
  /** Bytes that {@link check} has read so far of a model, by its id. */
  readonly checking: ReadonlyMap<string, number>;
  /** By what a model has to be scanned now. */
  scannedBy(settings: Settings): ScannedBy;
  /** Opens a model: the list of its files, by its digest, and the signature on it. The bytes are not read. */
  open(
    model: Pick<RegisteredModel, 'id' | 'name' | 'version'>,
    root: string,
    settings: Settings,
  ): Promise<CheckedModel>;
  /** Reads every byte of it too, as whoever uses it would. One at a time. @param onBytes may throw, to end it */
  check(model: RegisteredModel, settings: Settings, onBytes: (bytes: number) => void): Promise<CheckedModel>;
  /**
   * A file of an active model that may be used, whole and verified. @param file undefined: the only ONNX file that there is
   */
  bytes(reference: string, file: string | undefined, settings: Settings): Promise<Uint8Array>;
  /** Destroys the key of a model, then its bytes. Nothing happens where they are gone already. */
  destroy(id: string): Promise<void>;
  /** How many keys of models each master key wraps. */
  keys(): Promise<ReadonlyMap<string, number>>;
  /** Wraps keys of models under the current master key: those under others, or all (`every`). Returns how many. */
  rewrap(settings: Settings, every: boolean): Promise<number>;
}

/** Master keys that sealed models need, and the settings do not have. */
export async function missingMasters(shelf: ModelShelf | undefined, { vault }: Settings): Promise<string[]> {
  if (shelf === undefined) return [];
  return [...(await shelf.keys()).keys()].filter((name) => vault?.masters[name] === undefined);
}

/** What a model is not as it must be is said to whoever asks: it names files of the model, and nothing in them. */
export async function onShelf<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const { message, advice } = cause;
    throw new Refusal('conflict', {
      hint: `${message[0]?.toUpperCase()}${message.slice(1)}.${advice === undefined ? '' : ` ${advice}`}`,
      cause,
    });
  }
}
