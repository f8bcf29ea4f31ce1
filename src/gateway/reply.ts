import { isObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { NO_USAGE } from '../dialects/dialect.ts';
import type { Reply, Usage } from '../exchange/exchange.ts';
import { parseJson } from '../wire/json.ts';
import { authorizeTools } from './authorize.ts';
import { digestOf } from './digest.ts';
import type { UpstreamAnswer } from './forward.ts';
import { inspectReply, inspectText } from './inspect/inspect.ts';
import type { UsageMeter } from './meter.ts';
import type { Talk } from './passage.ts';
import { holdReply } from './review/hold.ts';
import { refusalOfStatus } from './status.ts';

/** Bytes read of an upstream's error body. */
const ERROR_BYTES = 64 * 1024;

/** A whole answer: read, inspected, recorded, and only then sent. */
export async function passReply(talk: Talk, upstream: UpstreamAnswer, meter: UsageMeter): Promise<void> {
  const { house, bridge } = talk;
  if (mediaType(upstream) !== 'application/json') {
    upstream.abort();
    throw new Refusal('upstream_invalid', { hint: 'The answer to a plain request is not JSON.' });
  }
  const { reply: maxBytes, depth } = house.settings.limits;
  const bytes = await collect(upstream, maxBytes);
  const body = fromUpstream(() => parseJson(bytes, { maxDepth: depth }));
  const reply = fromUpstream(() => bridge.readReply(body));
  meter.see(reply.usage);
  meter.hear(reply.slots);
  meter.complete = true;
  await talk.later?.(reply);
  await giveReply(talk, reply, reply.usage ?? null);
}

/** An answer that was kept: nobody is asked, nothing is used, and the guards read it as if it were new. */
export async function passKept(talk: Talk, text: string, meter: UsageMeter): Promise<void> {
  const { operation, prompt, house } = talk;
  meter.see(NO_USAGE);
  meter.complete = true;
  const body = parseJson(Buffer.from(text), { maxDepth: house.settings.limits.depth });
  await giveReply(talk, operation.readReply(body, prompt), NO_USAGE);
}

async function giveReply(talk: Talk, reply: Reply, usage: Usage | null): Promise<void> {
  const { gate, record, answer, inspection } = talk;
  await authorizeTools(talk, talk.asker, 'tool.call', reply.tools);
  const cleared = await inspectReply(reply, inspection);
  await holdReply(talk, cleared, 'application/json');
  if (reply.kept !== undefined) talk.own?.(reply.kept);
  const digest = digestOf(gate, cleared.value);
  await record.content?.whole(cleared.value);
  await record.end('completed', {
    status: 200,
    usage,
    reply: { bytes: Buffer.byteLength(cleared.value), digest },
  });
  const gaveBack = Object.keys(inspection.book.verdicts.pseudonyms).length > 0;
  // What a person let pass was decided on for this caller.
  const isPlain = !gaveBack && talk.held?.any !== true;
  if (talk.drawer?.kept === undefined && isPlain) talk.drawer?.keep(cleared.value);
  answer.reply(cleared);
}

/** What an upstream's error becomes: a refusal of ours, with the upstream's words where the guards let them pass. */
export async function refusalFrom(talk: Talk, upstream: UpstreamAnswer): Promise<Refusal> {
  return refusalOfStatus(upstream, await errorWords(talk, upstream));
}

async function errorWords(talk: Talk, upstream: UpstreamAnswer): Promise<string | undefined> {
  try {
    const body = parseJson(await collect(upstream, ERROR_BYTES), { maxDepth: 16 });
    if (!isObject(body)) return undefined;
    const { message } = talk.bridge.dialect.readError(body);
    if (message === '') return undefined;
    const { value } = await inspectText(message, '/error/message', talk.inspection);
    return talk.held?.any === true ? undefined : value;
  } catch {
    // Not understood, or a guard objects: then nobody hears it.
    return undefined;
  }
}

export const mediaType = (upstream: UpstreamAnswer): string =>
  (upstream.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Reads a whole body, up to `limit` bytes. */
export function collect(upstream: UpstreamAnswer, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    upstream.pipe({
      data(chunk) {
        size += chunk.length;
        if (size > limit)
          throw new Refusal('upstream_invalid', { hint: `Its answer is over ${limit} bytes.` });
        chunks.push(chunk);
      },
      end: () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
      error: reject,
    });
  });
}

/** Whatever is wrong with an upstream's bytes is the upstream's fault, not the caller's. */
export function fromUpstream<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Refusal && cause.status < 500) throw new Refusal('upstream_invalid', { cause });
    throw cause;
  }
}
