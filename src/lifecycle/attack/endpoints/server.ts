import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Problem } from '../../../base/problem.ts';
import type { Secret } from '../../../base/secret.ts';

/** An answer longer than this is none. */
const ANSWER_BYTES = 256 * 1024 * 1024;
const TRIES = 6;
const FIRST_WAIT = 250;
/** Whoever is to come back later than this, in milliseconds, is done for today. */
const LONGEST_WAIT = 120_000;

export interface ServerOptions {
  readonly headers: Readonly<Record<string, string | Secret>>;
  /** Milliseconds for one answer. */
  readonly timeout: number;
  /** Requests in a second at the most. */
  readonly rate?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Question {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

export interface Answer {
  readonly body: Buffer;
  header(name: string): string | undefined;
}

/**
 * The server that a person named. Redirects are not followed: whoever answers cannot lead a key, or rows, anywhere else. So
 * addresses are not looked at: loopback and private ones are allowed because, and only where, they were named.
 */
export class ModelServer {
  readonly #agent: Agent;
  readonly #options: ServerOptions;
  #next = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#agent = new Agent({ connections: 4, connect: { timeout: options.timeout } });
  }

  /**
   * Asks until there is an answer: after 429, 5xx and broken connections again, later and later, as long as `Retry-After`
   * says where it does. Rejects with Problem('environment') that names the status, never the server's words.
   *
   * @param sending called before each try
   */
  async ask(question: Question, sending: () => void = () => {}): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      await this.#pace();
      sending();
      const { answer, status, after, cause } = await this.#once(question);
      if (answer !== undefined) return answer;
      const again = status === 0 || status === 408 || status === 429 || status >= 500;
      const wait = after ?? FIRST_WAIT * 2 ** (tries - 1);
      if (!again || tries === TRIES || wait > LONGEST_WAIT)
        throw failed(question.url, status, tries, cause, wait);
      await sleep(wait, undefined, { signal: this.#options.signal }).catch(() => {
        throw failed(question.url, status, tries, cause);
      });
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #pace(): Promise<void> {
    const { rate } = this.#options;
    if (rate === undefined) return;
    const now = performance.now();
    this.#next = Math.max(now, this.#next) + 1000 / rate;
    const wait = this.#next - 1000 / rate - now;
    if (wait > 0) await sleep(wait);
  }

  async #once({ url, method, headers, body }: Question): Promise<{
    readonly answer?: Answer;
    readonly status: number;
    readonly after?: number | undefined;
    readonly cause?: unknown;
  }> {
    try {
      const shown = Object.entries(this.#options.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : value.reveal(),
      ]);
      const got = await request(url, {
        method,
        headers: { 'user-agent': 'gatehouse', ...Object.fromEntries(shown), ...headers },
        ...(body !== undefined && { body }),
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(this.#options.timeout),
      });
      const header = (name: string): string | undefined => {
        const value = got.headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      if (got.statusCode !== 200) {
        await got.body.dump({ limit: 65536 });
        return { status: got.statusCode, after: secondsOf(header('retry-after')) };
      }
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of got.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > ANSWER_BYTES) throw new Error('the answer is too long');
        chunks.push(chunk);
      }
      return { status: 200, answer: { body: Buffer.concat(chunks), header } };
    } catch (cause) {
      return { status: 0, cause };
    }
  }
}

const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) * 1000 : undefined;

function failed(url: string, status: number, tries: number, cause: unknown, wait = 0): Problem {
  const where = placeOf(url);
  const often = tries > 1 ? `, asked ${tries} times` : '';
  if (status === 0) return new Problem('environment', `${where} gives no answer${often}`, undefined, cause);
  const advice =
    status === 401 || status === 403
      ? 'Name a key with --key-env or --key-file.'
      : status >= 300 && status < 400
        ? 'Redirects are not followed: name the address that it leads to.'
        : status === 429
          ? `Ask more slowly: --rate${wait > LONGEST_WAIT ? `; it says to come back in ${wait / 1000} s: with --out DIR, --resume goes on then` : ''}.`
          : status === 400
            ? 'It may take only some values, or fewer rows at once: --bounds, --whole, --one-hot, --batch.'
            : undefined;
  return new Problem('environment', `${where} answers ${status}${often}`, advice);
}

/** An address as it may be shown: what stands behind it may be a secret. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Throws Problem('usage') where it is no address of a server, or holds a password. */
export function serverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Problem('usage', 'the address of a model begins with http:// or https://');
  if (url.username !== '' || url.password !== '')
    throw new Problem(
      'usage',
      'no password may stand in an address',
      'Name it with --key-env or --key-file.',
    );
  return url;
}
