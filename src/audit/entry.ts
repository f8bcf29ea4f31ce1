import type { JsonObject } from '../base/json.ts';
import { isObject } from '../base/json.ts';
import { Malformed } from './malformed.ts';
import type { Hash } from './merkle.ts';

/** Longest line of a ledger, in bytes. */
export const ENTRY_BYTES = 256 * 1024;

/** Longest {@link entryHead}, in bytes: sequence numbers have at most 16 digits. */
export const HEAD_BYTES = 128;

/** What the writer adds to an entry is not the caller's to set. */
const RESERVED = ['v', 'seq', 'time', 'prev'] as const;

/** What happened: `kind` names it (`request.begin`, `admin.caller_revoked`), the other fields are its own. */
export type EntryBody = JsonObject & { readonly kind: string };

/** One line of the ledger, read. */
export interface Entry {
  /** Place in the log, from 0. */
  readonly seq: number;
  /** UTC, `2026-01-31T12:00:00.000Z`, by the writer's clock. */
  readonly time: string;
  /** Leaf hash of the entry before; of no bytes at all for entry 0. */
  readonly prev: Hash;
  readonly kind: string;
  /** All fields, the four above and `v` among them. */
  readonly fields: JsonObject;
}

/** The start of a line; {@link encodeBody} is the rest. */
export const entryHead = (seq: number, time: string, prev: Hash): string =>
  `{"v":1,"seq":${seq},"time":"${time}","prev":"${prev}",`;

/** The end of a line, with `kind` first. Throws TypeError for a body that cannot be an entry. */
export function encodeBody(body: EntryBody): string {
  for (const name of RESERVED)
    if (name in body) throw new TypeError(`an entry sets no field "${name}" itself`);
  let text = JSON.stringify(body);
  if (!text.startsWith('{"kind":"')) {
    const { kind, ...rest } = body;
    text = JSON.stringify({ kind, ...rest });
  }
  if (!text.startsWith('{"kind":"')) throw new TypeError('an entry starts with its kind');
  return text.slice(1);
}

const HEAD =
  /^\{"v":1,"seq":(0|[1-9]\d{0,15}),"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","prev":"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)","kind":"/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a head up to the end of its number. */
const SEQ_BYTES = 30;

/** Number of the entry whose line begins so. Throws {@link Malformed}. */
export function seqAt(start: Uint8Array): number {
  const [, seq] =
    /^\{"v":1,"seq":(\d{1,16}),/.exec(String.fromCharCode(...start.subarray(0, SEQ_BYTES))) ?? [];
  if (seq === undefined) throw new Malformed('the line does not start as an entry does');
  return Number(seq);
}

/** Reads a line (without its newline). Throws {@link Malformed}. */
export function parseEntry(line: Uint8Array): Entry {
  if (line.length > ENTRY_BYTES) throw new Malformed('the line is longer than an entry may be');
  let text: string;
  let fields: unknown;
  try {
    text = utf8.decode(line);
    fields = JSON.parse(text);
  } catch {
    throw new Malformed('the line is not JSON');
  }
  const head = HEAD.exec(text);
  const [, seq, time, prev] = head ?? [];
  if (!isObject(fields) || seq === undefined || time === undefined || prev === undefined) {
    throw new Malformed('the line does not start as an entry does');
  }
  if (!Number.isSafeInteger(Number(seq)) || typeof fields.kind !== 'string') {
    throw new Malformed('the line is not an entry');
  }
  // One value has one spelling, the writer's own: a name that is there twice would tell two readers two things.
  if (JSON.stringify(fields) !== text) throw new Malformed('the line is spelled as no writer spells it');
  return { seq: Number(seq), time, prev, kind: fields.kind, fields };
}
