import type { IncomingMessage } from 'node:http';
import { Refusal } from '../base/refusal.ts';

/** Reads a request body whole: JSON only, not compressed, within `limit` bytes and `time` milliseconds. */
export function readBody(req: IncomingMessage, limit: number, time: number): Promise<Buffer> {
  const { headers } = req;
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type)) throw new Refusal('content_type');
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
    const fail = (refusal: Refusal) => {
      clearTimeout(timer);
      req.off('data', take);
      reject(refusal);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) fail(new Refusal('body_too_large', { hint }));
      else chunks.push(chunk);
    };
    req.on('data', take);
    req.once('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    });
    // After the end this changes nothing.
    req.once('close', () => fail(new Refusal('client_gone')));
    req.once('error', () => fail(new Refusal('client_gone')));
  });
}
