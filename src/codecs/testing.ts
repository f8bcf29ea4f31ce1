import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Codec, Corrupt, Feed } from './feed.ts';

/** A file of `test/corpus/real/containers`, which a real library wrote. */
export const real = (name: string): Buffer =>
  readFileSync(new URL(`../../test/corpus/real/containers/${name}`, import.meta.url));

/** What is packed in those that are called `plain.…`. */
export const plain = (): Buffer => gunzipSync(real('plain.pkl.gz'));

export const feedOf = (bytes: Uint8Array): Feed =>
  new Feed({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) });

export interface Result {
  readonly bytes: Buffer;
  /** Where the feed stands afterwards. */
  readonly at: number;
  readonly fault: Corrupt | undefined;
}

/** Unpacks all of it. Whatever is thrown but `Corrupt` is a failure of the test; so is more than `most` bytes. */
export async function unpackAll(codec: Codec, input: Uint8Array, most = 64 << 20): Promise<Result> {
  const feed = feedOf(input);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let fault: Corrupt | undefined;
  try {
    for await (const chunk of codec(feed)) {
      chunks.push(Uint8Array.from(chunk));
      size += chunk.length;
      if (size > most) break;
    }
  } catch (error) {
    if (!(error instanceof Corrupt)) throw error;
    fault = error;
  }
  return { bytes: Buffer.concat(chunks), at: feed.at, fault };
}

/** Every way to cut a stream short, and to change one bit of it: none may get through with other bytes and no fault. */
export async function survives(codec: Codec, input: Uint8Array, expected: Uint8Array): Promise<string[]> {
  const wrong: string[] = [];
  const check = async (what: string, changed: Uint8Array) => {
    const { bytes, fault, at } = await unpackAll(codec, changed, 1 << 20);
    if (fault === undefined && at === changed.length && !bytes.equals(expected)) wrong.push(what);
  };
  for (let length = 0; length < input.length; length += 7)
    await check(`cut at ${length}`, input.subarray(0, length));
  for (let i = 0; i < input.length; i++) {
    const changed = Uint8Array.from(input);
    changed[i] = (changed[i] as number) ^ (1 << (i % 8));
    await check(`bit ${i % 8} of byte ${i}`, changed);
  }
  return wrong;
}
