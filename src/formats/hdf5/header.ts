import { Malformed } from '../source.ts';
import { expect, type H5, number } from './file.ts';

/** A message of an object header: its type, its flags, and where its body lies. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly start: number;
  readonly end: number;
}

export const SHARED = 2;
const CONTINUATION = 0x10;
const MOST = 1 << 20;
/** Bytes of one block of messages. */
const LONGEST = 64 << 20;

interface Block {
  readonly start: number;
  readonly end: number;
}

/** The messages of an object header of version 1 or 2, with those of its continuations. */
export async function readHeader(h5: H5, at: number): Promise<readonly Message[]> {
  const first = h5.cursor('object header', at, 4).text(4, 4);
  return first === 'OHDR' ? version2(h5, at) : version1(h5, at);
}

async function version1(h5: H5, at: number): Promise<readonly Message[]> {
  const cursor = h5.cursor('object header', at, 16);
  if (cursor.u8() !== 1) throw new Malformed('there is no object header where one is named', at);
  cursor.skip(7);
  const size = cursor.u32();
  // The prefix is padded to eight bytes.
  const start = at + 16;
  h5.claim('parsed', at, start);
  return messages(h5, { start, end: start + size }, (block) => {
    const one = h5.cursor('message', block.start, block.end - block.start);
    const type = one.u16();
    const length = one.u16();
    const flags = one.u8();
    one.skip(3);
    return { type, flags, start: one.at, end: one.at + length };
  });
}

async function version2(h5: H5, at: number): Promise<readonly Message[]> {
  const cursor = h5.cursor('object header', at, 64);
  cursor.skip(4);
  if (cursor.u8() !== 2) throw new Malformed('an object header is of no known version', at);
  const flags = cursor.u8();
  cursor.skip(((flags & 0x20) !== 0 ? 16 : 0) + ((flags & 0x10) !== 0 ? 4 : 0));
  const size = number(cursor, 1 << (flags & 3)) ?? Number.POSITIVE_INFINITY;
  const start = cursor.at;
  h5.claim('parsed', at, start);
  const skipped = (flags & 4) !== 0 ? 2 : 0;
  const blocks = await messages(
    h5,
    { start, end: start + size },
    (block) => {
      const one = h5.cursor('message', block.start, block.end - block.start);
      const type = one.u8();
      const length = one.u16();
      const flagsOf = one.u8();
      one.skip(skipped);
      return { type, flags: flagsOf, start: one.at, end: one.at + length };
    },
    { head: 4, tail: 4, smallest: 4 + skipped },
  );
  h5.claim('parsed', start + size, start + size + 4);
  return blocks;
}

interface Shape {
  /** Bytes before and behind the messages of a continuation. */
  readonly head: number;
  readonly tail: number;
  /** Fewer bytes than this at the end are a gap. */
  readonly smallest: number;
}

async function messages(
  h5: H5,
  first: Block,
  read: (rest: Block) => Message,
  { head, tail, smallest }: Shape = { head: 0, tail: 0, smallest: 8 },
): Promise<readonly Message[]> {
  const out: Message[] = [];
  const blocks = [first];
  const seen = new Set<number>();
  for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
    if (seen.has(block.start)) continue;
    seen.add(block.start);
    if (!(block.end - block.start <= LONGEST))
      throw new Malformed('an object header is too long', block.start);
    h5.claim('parsed', block.start, block.end);
    for (let at = block.start; at + smallest <= block.end; ) {
      const rest = h5.step();
      if (rest) await rest;
      const one = read({ start: at, end: block.end });
      if (one.end > block.end) throw new Malformed('a message is longer than what holds it', at);
      if (out.length >= MOST) throw new Malformed('an object header has too many messages', at);
      out.push(one);
      at = one.end;
      if (one.type === CONTINUATION) {
        const cursor = h5.cursor('continuation', one.start, one.end - one.start);
        const from = h5.address(cursor);
        const length = h5.length(cursor);
        if (from === undefined || length < head + tail)
          throw new Malformed('an object header goes on nowhere', one.start);
        if (head > 0) expect(h5.cursor('continuation', from, head), 'OCHK');
        h5.claim('parsed', from, from + length);
        blocks.push({ start: from + head, end: from + length - tail });
      }
    }
  }
  return out;
}
