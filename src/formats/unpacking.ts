import { type Codec, Corrupt, Feed } from '../codecs/feed.ts';
import type { Part, Unpacked } from './format.ts';
import type { Source } from './source.ts';

export interface Unpacking extends Unpacked {
  /** Where in the source the stream ended, or broke. */
  readonly end: number;
  /** Why it broke. What came before it was kept: loaders that read as they unpack have run that. */
  readonly fault: Corrupt | undefined;
}

/** Unpacks a stream that begins at `at`, within the budgets of the scan. */
export async function unpackWith(
  part: Part,
  codec: Codec,
  source: Source,
  at = 0,
  end = source.size,
): Promise<Unpacking> {
  const feed = new Feed(source, at, end);
  let fault: Corrupt | undefined;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of codec(feed)) {
        const rest = part.pause();
        if (rest) await rest;
        yield chunk;
      }
    } catch (error) {
      if (!(error instanceof Corrupt)) throw error;
      fault = error;
    }
  }
  const kept = await part.unpack(end - at, chunks());
  return { ...kept, end: feed.at, fault };
}
