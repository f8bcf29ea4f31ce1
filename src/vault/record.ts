import { randomBytes } from 'node:crypto';
import { StreamOpener, StreamSealer, textKey } from '../sealing/stream.ts';
import { Unsealable } from './unsealable.ts';

/**
 * What is sealed: what went to the model, what came back, a prompt that was blocked, as it came, or a value that a
 * pseudonym stands for, a comment, or what is held for a person to decide on.
 */
export const CONTENT_KINDS = ['prompt', 'reply', 'blocked', 'pseudonym', 'comment', 'review'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** What a record is about. All of it is authenticated with every piece of the text. */
export interface RecordHead {
  readonly v: 1;
  /** `cnt_` and 16 random bytes in hex. The key of the record comes from it, so no two records share a nonce. */
  readonly id: string;
  /** The request, as the ledger names it. */
  readonly request: string;
  readonly kind: ContentKind;
  readonly tenant: string;
  /** UTC, `2026-10`. */
  readonly month: string;
  /** Keyed digest of the data subject; null where the request names none. */
  readonly subject: string | null;
  /** The key it is sealed under, `mk_…` or `sk_…`; a new version of a key has a new id. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export const newRecordId = (): string => `cnt_${randomBytes(16).toString('hex')}`;

/** A piece of a record as it lies in a segment. */
export interface Piece {
  readonly id: string;
  /** From 0. */
  readonly index: number;
  readonly last: boolean;
  /** With the first piece. */
  readonly head: RecordHead | undefined;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

/** Seals a record in pieces, under a key of its own. */
export class RecordSealer {
  readonly head: RecordHead;
  readonly #stream: StreamSealer;
  #index = 0;

  /** @param key 32 bytes; not kept */
  constructor(head: RecordHead, key: Uint8Array) {
    this.head = head;
    this.#stream = new StreamSealer(recordKey(key, head.id), aboutOf(head));
  }

  seal(text: Uint8Array, last: boolean): Piece {
    const sealed = this.#stream.seal(text, last);
    const index = this.#index++;
    return { id: this.head.id, index, last, head: index === 0 ? this.head : undefined, sealed };
  }

  /** Forgets the key: nothing more is sealed. */
  close(): void {
    this.#stream.close();
  }
}

/** The text of a record. Throws {@link Unsealable} where any of it is missing, was changed, or is of another key. */
export function openRecord(head: RecordHead, pieces: readonly Piece[], key: Uint8Array): Buffer {
  const stream = new StreamOpener(recordKey(key, head.id), aboutOf(head));
  try {
    const texts = pieces.map(({ sealed, last }, index) => {
      if (last !== (index === pieces.length - 1)) throw new Unsealable('tampered');
      return stream.open(sealed, last);
    });
    if (texts.length === 0) throw new Unsealable('tampered');
    return Buffer.concat(texts);
  } catch (cause) {
    throw cause instanceof Unsealable ? cause : new Unsealable('tampered', cause);
  } finally {
    stream.close();
  }
}

const recordKey = (key: Uint8Array, id: string): Buffer => textKey(key, 'gatehouse sealed record', id);

/** Fields in a fixed order, whoever made the object. */
function aboutOf({ v, id, request, kind, tenant, month, subject, key, time }: RecordHead): Buffer {
  return Buffer.from(JSON.stringify([v, id, request, kind, tenant, month, subject, key, time]));
}
