import type { JsonObject } from '../base/json.ts';
import type { Gate } from './house.ts';
import { nameOf } from './log.ts';

/** How often it is looked, and how often the same is told again; milliseconds. */
const LOOK = 10_000;
const AGAIN = 60 * 60_000;

/** Entries of a ledger, and how many of them somebody vouches for. */
export interface Standing {
  readonly size: number;
  readonly signed: number;
  readonly witnesses: readonly { readonly name: string; readonly cosigned: number }[];
}

export interface Patience {
  /** Milliseconds that entries may be without a checkpoint. */
  readonly checkpoint: number;
  /** Milliseconds that a signed checkpoint may be without the cosignature of a witness. */
  readonly witness: number;
}

/**
 * Whether what is recorded is signed in time, and what is signed cosigned. Time runs only while something waits and nothing comes: after
 * a quiet night the first new entry is not late.
 */
export class Overdue {
  /** Who was how far, since when, and when that was told. */
  readonly #waiting = new Map<string, { readonly reached: number; readonly since: number; told?: number }>();

  /** The entries to be written about it now. */
  look({ size, signed, witnesses }: Standing, patience: Patience, now: number): readonly Late[] {
    const late: Late[] = [];
    const entries = this.#wait('', signed, size, patience.checkpoint, now);
    if (entries !== undefined) late.push({ kind: 'ledger.unsigned', ...entries });
    for (const { name, cosigned } of witnesses) {
      const behind = this.#wait(name, cosigned, signed, patience.witness, now);
      if (behind !== undefined) late.push({ kind: 'witness.silent', witness: name, ...behind });
    }
    return late;
  }

  #wait(who: string, reached: number, wanted: number, patience: number, now: number) {
    const before = this.#waiting.get(who);
    if (reached >= wanted) {
      this.#waiting.delete(who);
      return undefined;
    }
    const waiting = before?.reached === reached ? before : { reached, since: now };
    this.#waiting.set(who, waiting);
    const isDue =
      now - waiting.since >= patience && now - (waiting.told ?? Number.NEGATIVE_INFINITY) >= AGAIN;
    if (!isDue) return undefined;
    waiting.told = now;
    return { entries: wanted - reached, seconds: Math.round((now - waiting.since) / 1000) };
  }
}

export interface Late {
  readonly kind: 'ledger.unsigned' | 'witness.silent';
  /** Named by the settings. */
  readonly witness?: string;
  /** How many nobody vouches for, and for how long already. */
  readonly entries: number;
  readonly seconds: number;
}

/** Writes down what nobody vouches for in time: detections tell of it. */
export function keepVouched(gate: Gate): NodeJS.Timeout {
  const overdue = new Overdue();
  return setInterval(() => {
    if (gate.closing) return;
    const { ledger, house, clock, log } = gate;
    const standing = {
      size: ledger.size,
      signed: ledger.signedSize,
      witnesses: witnessesOf(gate.witnesses?.()),
    };
    for (const late of overdue.look(standing, house.settings.detections.overdue, clock.now()))
      ledger
        .append({ ...late })
        .catch((error) => log('error', 'it could not be recorded what is overdue', { error: nameOf(error) }));
  }, LOOK).unref();
}

const witnessesOf = (state: JsonObject | undefined): Standing['witnesses'] =>
  (Array.isArray(state?.witnesses) ? state.witnesses : []) as unknown as Standing['witnesses'];
