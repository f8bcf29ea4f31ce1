import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import zlib from 'node:zlib';
import { chunks, completion, message, messageEvents, type Script, type Seen } from '../harness/upstream.ts';

const isAnthropic = (seen: Seen) => seen.path.startsWith('/v1/messages');
export const isStream = (seen: Seen) => seen.body.stream === true;

/** The body of an answer, in the dialect in which the question came. */
export const wholeOf = (seen: Seen, text: string): string =>
  JSON.stringify(isAnthropic(seen) ? message([{ type: 'text', text }]) : completion(text));

/** The events of one. */
export const eventsOf = (seen: Seen, pieces: readonly string[]): string[] =>
  isAnthropic(seen) ? messageEvents(pieces) : chunks(pieces);

/** Events up to the one with the first piece of text. */
const begun = (seen: Seen): string =>
  eventsOf(seen, ['Hel', 'lo'])
    .slice(0, isAnthropic(seen) ? 3 : 2)
    .join('');

const typeOf = (seen: Seen) => (isStream(seen) ? 'text/event-stream' : 'application/json');

/** A good answer, plain or streamed as it was asked for. */
export const says =
  (...pieces: readonly string[]): Script =>
  (res, seen) => {
    res.writeHead(200, { 'content-type': typeOf(seen) });
    res.end(isStream(seen) ? eventsOf(seen, pieces).join('') : wholeOf(seen, pieces.join('')));
  };

/** The same, a moment between the pieces, so that each is a chunk of its own. */
export const saysSlowly =
  (...pieces: readonly string[]): Script =>
  async (res, seen) => {
    if (!isStream(seen)) return says(...pieces)(res, seen);
    res.writeHead(200, { 'content-type': typeOf(seen) });
    for (const event of eventsOf(seen, pieces)) {
      await written(res, event);
      await pause(2);
    }
    res.end();
  };

/** Half of a good answer, and then something else. */
export const begins =
  (then: (res: ServerResponse, seen: Seen) => void): Script =>
  async (res, seen) => {
    res.writeHead(200, { 'content-type': typeOf(seen) });
    const whole = wholeOf(seen, 'Hello');
    await written(res, isStream(seen) ? begun(seen) : whole.slice(0, whole.length >> 1));
    then(res, seen);
  };

/** An answer of any status and kind. */
export const answers =
  (status: number, headers: Record<string, string>, body: string | Buffer): Script =>
  (res) =>
    void res.writeHead(status, headers).end(body);

/** A good answer, encoded. */
export const encoded =
  (encoding: string, encode: (body: Buffer) => Buffer = zlib.gzipSync): Script =>
  (res, seen) => {
    const body = isStream(seen) ? eventsOf(seen, ['Hel', 'lo']).join('') : wholeOf(seen, 'Hello');
    res.writeHead(200, { 'content-type': typeOf(seen), 'content-encoding': encoding });
    res.end(encode(Buffer.from(body)));
  };

function written(res: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => res.write(text, () => resolve()));
}
