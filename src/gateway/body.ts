import type { IncomingMessage } from 'node:http';
import { Refusal } from '../base/refusal.ts';
import type { BodyShare } from './body-room.ts';
import type { Passage } from './passage.ts';

/** What a body says that it is. */
export const JSON_BODY = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** The body of a request whose caller is known: JSON only, not compressed, within `limit` bytes. */
export function readBody(
  { ask, gate, house, record }: Passage,
  limit: number,
  form: RegExp = JSON_BODY,
): Promise<Buffer> {
  const { limits } = house.settings;
  const share = gate.bodies.open(record.callerId ?? '', limits);
  return receive(ask.req, { limit, time: limits.body_time, share, form });
}

/** Reads a body whole. @param within bytes, milliseconds, the room that it takes while it comes, and its media type */
export function receive(
  req: IncomingMessage,
  within: {
    readonly limit: number;
    readonly time: number;
    readonly share: BodyShare;
    readonly form?: RegExp;
  },
): Promise<Buffer> {
  const { limit, time, share, form = JSON_BODY } = within;
  const { headers } = req;
  const type = headers['content-type'] ?? '';
  if (!form.test(type)) throw new Refusal('content_type');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw new Refusal('content_encoding');
  const hint = `At most ${limit} bytes.`;
  if (Number(headers['content-length'] ?? 0) > limit) throw new Refusal('body_too_large', { hint });
  // Whoever left while it was found out who asks will say nothing more, not even that this is the end.
  if (req.destroyed) throw new Refusal('client_gone');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(new Refusal('request_timeout')), time);
    const over = () => {
      clearTimeout(timer);
      req.off('data', take).off('end', end).off('close', gone).off('error', gone);
      share.end();
    };
    const fail = (refusal: unknown) => {
      over();
      reject(refusal);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > limit) throw new Refusal('body_too_large', { hint });
        share.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const end = () => {
      over();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    };
    const gone = () => fail(new Refusal('client_gone'));
    req.on('data', take).on('end', end).on('close', gone).on('error', gone);
  });
}
