import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { isObject, type Json } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { Turns } from '../../base/turns.ts';
import type { LadderState } from './ladder.ts';
import { KEY_MARK, type Lookout } from './lookout.ts';
import { readSealed, writeSealed } from './state-file.ts';
import type { Teller } from './tell.ts';

type What = 'ladder' | 'watch';

const NO_HEAD = new Uint8Array();

/** The files in which the state of each model outlives the process: who stands where, and what its monitors remember. */
export class Keeper {
  readonly #folder: string;
  readonly #key: Uint8Array;
  readonly #teller: Pick<Teller, 'lost' | 'unsaved'>;
  readonly #turns = new Turns();

  /** @param key 32 bytes of the data folder's own; the key of the files is made from it */
  constructor(folder: string, key: Uint8Array, teller: Pick<Teller, 'lost' | 'unsaved'>) {
    this.#folder = folder;
    this.#key = new Uint8Array(hkdfSync('sha256', key, '', 'gatehouse defence state', 32));
    this.#teller = teller;
  }

  /**
   * What has changed since it was saved. One file after the other: two that are written at once under one name would spoil each
   * other. What cannot be written is told, and tried again the next time; rejects with a Refusal only where `throws`.
   */
  save(lookout: Lookout, { ladderOnly = false, throws = false } = {}): Promise<void> {
    return this.#turns.take(async () => {
      const { moved, seen } = lookout;
      try {
        if (moved) {
          lookout.moved = false;
          await this.#write(lookout, 'ladder', NO_HEAD, Buffer.from(JSON.stringify(lookout.ladder.state)));
        }
        if (seen && !ladderOnly) {
          lookout.seen = false;
          await this.#write(lookout, 'watch', lookout.keyMark, lookout.save());
        }
      } catch (error) {
        lookout.moved ||= moved;
        lookout.seen ||= seen;
        this.#teller.unsaved(lookout.model, error);
        if (throws) throw new Refusal('internal', { cause: error });
      }
    });
  }

  /** Into one that has seen nothing yet. What cannot be read begins anew, and that is told. */
  load(lookout: Lookout): Promise<void> {
    return this.#turns.take(async () => {
      await this.#read(lookout, 'ladder', (bytes) => lookout.ladder.load(readLadder(bytes)));
      await this.#read(lookout, 'watch', (bytes) => {
        // Of another key nothing can be used, and nothing is lost: the owner calibrated under a new one.
        if (lookout.keyMark.equals(bytes.subarray(0, KEY_MARK))) lookout.load(bytes.subarray(KEY_MARK));
      });
    });
  }

  async #write({ model }: Lookout, what: What, head: Uint8Array, body: Uint8Array): Promise<void> {
    await writeSealed(this.#path(model, what), [head, body], this.#key, aboutOf(model, what));
  }

  async #read({ model }: Lookout, what: What, take: (bytes: Buffer) => void): Promise<void> {
    try {
      const bytes = await readSealed(this.#path(model, what), this.#key, aboutOf(model, what));
      if (bytes !== undefined) take(bytes);
    } catch {
      this.#teller.lost(model, what);
    }
  }

  #path(model: string, what: What): string {
    return join(this.#folder, `${model}.${what}`);
  }
}

const aboutOf = (model: string, what: What): string => `${what} of ${model}`;

/** What is in the file was sealed by this gateway: only another version may have written it otherwise. */
function readLadder(bytes: Buffer): LadderState {
  const state = JSON.parse(bytes.toString()) as Json;
  if (!isObject(state) || !Array.isArray(state.standings) || !Array.isArray(state.teams))
    throw new TypeError('not the state of a ladder');
  return state as unknown as LadderState;
}
