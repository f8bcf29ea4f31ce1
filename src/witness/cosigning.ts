import { join } from 'node:path';
import { parseText } from '../audit/checkpoint.ts';
import { formatNote, type NoteSignature, parseNote } from '../audit/note.ts';
import type { Clock } from '../base/clock.ts';
import { nodeDisk, replaceFile } from '../ledger/disk.ts';
import { growthPath, stateAt } from '../ledger/growth.ts';
import { type Signed, type Submitted, submit, type WitnessPlace } from './submit.ts';

/** The newest checkpoint that a quorum has cosigned, beside the ledger's own. */
export const COSIGNED = 'checkpoint.cosigned';

export interface CosigningOptions {
  /** The ledger's folder. */
  readonly folder: string;
  /** Where older segments were archived: a witness that was away for long needs proofs from them. */
  readonly archive?: string | undefined;
  readonly witnesses: readonly WitnessPlace[];
  /** So many of them must have cosigned. */
  readonly quorum: number;
  /** Milliseconds between two rounds. */
  readonly every: number;
  readonly clock: Clock;
  /** A quorum has cosigned so many entries. */
  readonly onQuorum?: (size: number) => void;
  /** What a witness says contradicts this ledger: told once for each witness and kind, until it cosigns again. */
  readonly onConflict?: (witness: string, kind: 'behind' | 'forked', size: number) => void;
  /** A witness does not answer, or answers again. */
  readonly onTrouble?: (witness: string, why: string | undefined) => void;
}

/** How things stand with one witness. */
export interface WitnessStatus {
  readonly name: string;
  /** Entries that it has cosigned last. */
  readonly size: number;
  /** Milliseconds since 1970; undefined: never. */
  readonly at: number | undefined;
  readonly trouble: string | undefined;
}

interface Asked {
  readonly place: WitnessPlace;
  size: number;
  at: number | undefined;
  trouble: string | undefined;
  signed: { readonly size: number; readonly signatures: readonly NoteSignature[] } | undefined;
}

/**
 * Has checkpoints cosigned. Every so often the newest one goes to all witnesses at once; with a quorum of cosignatures
 * it is written down with them. A witness that is slow, down or lying holds up nobody but itself.
 */
export class Cosigning {
  readonly #options: CosigningOptions;
  readonly #asked: Asked[];
  /** Trees that witnesses have cosigned, so that proofs start there without reading what is older. */
  readonly #trees = new Map<number, Signed['tree']>();
  #newest: Signed | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #submitted = -1;
  #cosigned = 0;
  #since: number;
  #closed = false;

  constructor(options: CosigningOptions) {
    this.#options = options;
    this.#since = options.clock.now();
    this.#asked = options.witnesses.map((place) => ({
      place,
      size: 0,
      at: undefined,
      trouble: undefined,
      signed: undefined,
    }));
  }

  /** Entries that a quorum has cosigned, and since when (milliseconds since 1970) all that was signed by then is. */
  get quorum(): { readonly size: number; readonly since: number } {
    return { size: this.#cosigned, since: this.#since };
  }

  get status(): WitnessStatus[] {
    return this.#asked.map(({ place, size, at, trouble }) => ({ name: place.name, size, at, trouble }));
  }

  /** The ledger has signed a checkpoint. */
  take(signed: Signed): void {
    // Nothing new since the last quorum: what was missing until now has only just begun to be missing.
    if (this.#newest === undefined || this.#newest.tree.size === this.#cosigned) this.#since = this.#now();
    this.#newest = signed;
    this.#arm(this.#submitted < 0 ? 0 : this.#options.every);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #arm(wait: number): void {
    if (this.#closed || this.#round !== undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.round();
    }, wait).unref();
  }

  /** One round now: every witness is asked about the newest checkpoint. Resolves when all have answered or not. */
  round(): Promise<void> {
    this.#round ??= this.#askAll().finally(() => {
      this.#round = undefined;
      const newest = this.#newest?.tree.size ?? 0;
      if (newest !== this.#submitted || this.#cosigned < newest) this.#arm(this.#options.every);
    });
    return this.#round;
  }

  async #askAll(): Promise<void> {
    const signed = this.#newest;
    if (signed === undefined) return;
    this.#submitted = signed.tree.size;
    this.#trees.set(signed.tree.size, signed.tree);
    await Promise.all(this.#asked.map((one) => this.#ask(one, signed)));
    await this.#conclude(signed);
    for (const size of this.#trees.keys())
      if (size !== this.#submitted && !this.#asked.some((one) => one.size === size)) this.#trees.delete(size);
  }

  async #ask(one: Asked, signed: Signed): Promise<void> {
    const { size } = signed.tree;
    let said: Submitted;
    try {
      said = await submit(one.place, signed, one.size, (from) => this.#prove(from, size));
    } catch {
      said = { outcome: 'failed', why: 'proof' };
    }
    if (said.outcome === 'cosigned') {
      Object.assign(one, { size, at: this.#now(), signed: { size, signatures: said.signatures } });
      this.#note(one, undefined);
    } else if (said.outcome === 'failed') {
      this.#note(one, said.why);
    } else {
      if (one.trouble !== said.outcome) {
        this.#options.onConflict?.(
          one.place.name,
          said.outcome,
          said.outcome === 'behind' ? said.size : size,
        );
      }
      one.trouble = said.outcome;
    }
  }

  #note(one: Asked, trouble: string | undefined): void {
    if (one.trouble !== trouble) this.#options.onTrouble?.(one.place.name, trouble);
    one.trouble = trouble;
  }

  async #prove(from: number, to: number) {
    const { folder, archive } = this.#options;
    const tree = this.#trees.get(from) ?? (await stateAt(folder, from, archive));
    return growthPath(folder, tree, to, archive);
  }

  async #conclude({ note, tree: { size } }: Signed): Promise<void> {
    const signed = this.#asked.flatMap((one) => (one.signed?.size === size ? [one.signed] : []));
    if (signed.length < this.#options.quorum || (size <= this.#cosigned && size > 0)) return;
    const { text, signatures } = parseNote(note);
    const whole = formatNote({
      text,
      signatures: [...signatures, ...signed.flatMap((one) => one.signatures)],
    });
    await replaceFile(nodeDisk, join(this.#options.folder, COSIGNED), Buffer.from(whole));
    this.#cosigned = parseText(text).size;
    this.#since = this.#now();
    this.#options.onQuorum?.(this.#cosigned);
  }

  /** Waits for a round under way, and asks no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#round?.catch(() => {});
  }
}
