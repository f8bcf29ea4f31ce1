import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { cosign, judge, SUBMISSION_BYTES } from '../audit/witness.ts';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { nodeTreeHash } from '../ledger/hashing.ts';
import { verifySignature } from '../ledger/keys.ts';
import type { WitnessKeys } from './keys.ts';
import type { WitnessState } from './state.ts';

export interface WitnessOptions {
  readonly keys: WitnessKeys;
  readonly state: WitnessState;
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** Told of every submission and its HTTP status. */
  readonly onJudged?: (status: number, origin: string, size: number) => void;
}

export interface WitnessServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Submissions waiting at the same time; a log needs one. */
const WAITING = 64;

/**
 * A witness over HTTP: `POST /add-checkpoint` of https://c2sp.org/tlog-witness. Anyone may ask: what counts is the
 * log's signature on the checkpoint. Submissions are judged one after the other, each written down before it is
 * answered, so that no two answers can contradict each other.
 */
export async function startWitness(options: WitnessOptions): Promise<WitnessServer> {
  const server = http.createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 30_000 },
    serve(options),
  );
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Problem(
          'environment',
          `cannot listen on ${options.host}:${options.port} (${error.code ?? 'unknown error'})`,
          'Choose another with --listen.',
          error,
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve({ keys, state, clock, onJudged }: WitnessOptions): http.RequestListener {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const answer = async (body: string): Promise<Answer> => {
    const said = await judge(body, (origin) => state.find(origin), nodeTreeHash, verifySignature);
    if (said.status !== 200) {
      onJudged?.(said.status, '', said.status === 409 ? said.size : 0);
      return said.status === 409
        ? { status: 409, type: 'text/x.tlog.size', text: `${said.size}\n` }
        : { status: said.status, type: PLAIN, text: `${http.STATUS_CODES[said.status]}\n` };
    }
    const { checkpoint } = said;
    await state.remember(checkpoint);
    onJudged?.(200, checkpoint.origin, checkpoint.size);
    const text = cosign(checkpoint, keys.signers, Math.floor(clock.now() / 1000));
    return { status: 200, type: PLAIN, text };
  };

  return (req, res) => {
    const say = ({ status, type, text }: Answer) =>
      void res.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
    const refuse = (status: number) => say({ status, type: PLAIN, text: `${http.STATUS_CODES[status]}\n` });
    if (req.url !== '/add-checkpoint') return refuse(404);
    if (req.method !== 'POST') return refuse(405);
    readAll(req, SUBMISSION_BYTES)
      .then(async (body) => {
        if (body === undefined) return refuse(413);
        // Only whole submissions wait in line: who sends half of one keeps nobody from theirs.
        if (waiting >= WAITING) return refuse(503);
        waiting += 1;
        const mine = last
          .then(() => answer(body))
          .finally(() => {
            waiting -= 1;
          });
        last = mine.catch(() => {});
        await mine.then(say, () => refuse(500));
      })
      .catch(() => res.destroy());
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const PLAIN = 'text/plain; charset=utf-8';

/** The body as text; undefined where it is too long. */
async function readAll(req: http.IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > limit) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
