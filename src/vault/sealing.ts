import { createHash } from 'node:crypto';
import type { ContentLog } from './content-log.ts';
import type { Piece, RecordSealer } from './record.ts';

/** Bytes of text in a piece: what a stream holds in memory until it is sealed. */
const PIECE_BYTES = 64 * 1024;

/** Bytes of a record that may be on their way to disk before the next have to wait. */
const AHEAD = 1024 * 1024;

/** What the ledger says of a record. */
export interface Sealed {
  readonly id: string;
  /** SHA-256 over the sealed pieces, base64url. */
  readonly digest: string;
  /** Bytes of text. */
  readonly bytes: number;
}

/** One record on its way to disk: sealed in pieces as its text comes, so that a long answer is never held whole. */
export class Sealing {
  readonly #sealer: RecordSealer;
  readonly #log: ContentLog;
  readonly #digest = createHash('sha256');
  readonly #written: Promise<void>[] = [];
  #held: Buffer[] = [];
  #size = 0;
  #ahead = 0;
  #bytes = 0;
  #failed: unknown;
  #ended: Promise<Sealed> | undefined;

  constructor(sealer: RecordSealer, log: ContentLog) {
    this.#sealer = sealer;
    this.#log = log;
  }

  /** Nothing was given to it. */
  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** Takes more text; a promise where the disk is slower, or has failed. */
  push(text: string): void | Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (this.#ended !== undefined) return undefined;
    const bytes = Buffer.from(text);
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + PIECE_BYTES - this.#size);
      this.#held.push(part);
      this.#size += part.length;
      at += part.length;
      if (this.#size === PIECE_BYTES) this.#write(false);
    }
    return this.#ahead > AHEAD ? this.#written.at(-1) : undefined;
  }

  /** Gives up a record that nothing was given to. */
  drop(): void {
    this.#sealer.close();
  }

  /** Resolves when all of it is durable. Rejects with Refusal('vault_unavailable'). */
  end(): Promise<Sealed> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<Sealed> {
    this.#write(true);
    await Promise.all(this.#written);
    return { id: this.#sealer.head.id, digest: this.#digest.digest('base64url'), bytes: this.#bytes };
  }

  #write(last: boolean): void {
    const text = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    const piece = this.#sealer.seal(text, last);
    this.#held = [];
    this.#size = 0;
    this.#digest.update(piece.sealed);
    const size = piece.sealed.length;
    this.#ahead += size;
    const written = this.#log.append(piece).finally(() => {
      this.#ahead -= size;
    });
    written.catch((error) => {
      this.#failed ??= error;
    });
    this.#written.push(written);
  }
}

export function digestOfPieces(pieces: readonly Piece[]): string {
  const digest = createHash('sha256');
  for (const { sealed } of pieces) digest.update(sealed);
  return digest.digest('base64url');
}
