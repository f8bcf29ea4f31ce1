import { Pool } from 'undici';
import { webhookKey } from '../../base/webhook-key.ts';
import type { About, Format } from '../../feeds/format.ts';
import { idOf, type Notice } from '../../feeds/notice.ts';
import { signWebhook } from '../../feeds/webhook.ts';
import { nameOf } from '../log.ts';
import { guardedConnect } from '../reach.ts';
import { connectOptions } from './connect.ts';
import type { FeedOrder } from './order.ts';
import { absent, type Outcome, type Sender } from './sender.ts';

/** Bytes of an answer that are read, and the longest pause that a receiver may ask for, in milliseconds. */
const [ANSWER, LONGEST_PAUSE] = [64 * 1024, 3_600_000];

/** Busy or away (RFC 9110, RFC 6585). */
const AWAY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
/** About these entries, whoever sends them. */
const UNWANTED: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/** Sends by HTTP. Redirects are not followed: where it goes is for the settings to say. */
export function httpSender(order: FeedOrder, format: Format, about: () => About): Sender {
  const url = new URL(order.url ?? '');
  const path = order.use === 'otlp' ? `${url.pathname.replace(/\/+$/, '')}/v1/logs` : url.pathname;
  const key = order.use === 'webhook' ? webhookKey(order.secret ?? '') : undefined;
  const pool = new Pool(url.origin, {
    connections: 1,
    pipelining: 1,
    headersTimeout: order.timeout,
    bodyTimeout: order.timeout,
    connect: guardedConnect(connectOptions(order, url.href)),
  });

  async function post(notices: readonly Notice[]): Promise<Outcome> {
    const now = about();
    const { text } = format.write(notices, now);
    const body = format.lines ? `${text}\n` : text;
    const [first] = notices;
    const signed = key && first && signWebhook(key, idOf(first), now.now, body);
    const answer = await pool.request({
      method: 'POST',
      path: `${path}${url.search}`,
      headers: { ...order.headers, ...signed, 'content-type': format.contentType, 'user-agent': 'gatehouse' },
      body,
      // However slowly it answers.
      signal: AbortSignal.timeout(order.timeout),
    });
    const said = await beginningOf(answer.body);
    const status = answer.statusCode;
    const outcome = { answer: `HTTP ${status}`, pause: pauseIn(answer.headers['retry-after'], now.now) };
    if (status >= 200 && status < 300) {
      const rejected = order.use === 'otlp' ? rejectedIn(said) : 0;
      return rejected === 0
        ? { ...outcome, came: 'took' }
        : { came: 'refused', answer: `HTTP ${status}, ${rejected} rejected` };
    }
    if (UNWANTED.has(status)) return { ...outcome, came: 'refused' };
    if (status >= 500 && !AWAY.has(status)) return { ...outcome, came: 'failed' };
    return { ...outcome, came: 'absent' };
  }

  return {
    send: (notices) => post(notices).catch((error) => absent(nameOf(error))),
    close: () => pool.destroy(),
  };
}

async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Retry-After in its two forms (RFC 9110, section 10.2.3), in milliseconds. */
function pauseIn(text: string | readonly string[] | undefined, now: number): number | undefined {
  if (typeof text !== 'string') return undefined;
  const pause = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(pause) && pause >= 0 ? Math.min(pause, LONGEST_PAUSE) : undefined;
}

/** A collector may take a part, and say how much of it it did not (OTLP, "Partial Success"). */
function rejectedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedLogRecords?: unknown } };
    const rejected = Number(partialSuccess?.rejectedLogRecords ?? 0);
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}
