import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { parseJson } from '../wire/json.ts';
import { anthropicError, countMessageTokens, messages } from './anthropic-wire.ts';
import {
  batchEmbedContents,
  countContentTokens,
  embedContent,
  geminiError,
  generate,
  streamGenerate,
} from './gemini-wire.ts';
import {
  anthropicModel,
  anthropicModels,
  geminiModel,
  geminiModels,
  openAiModel,
  openAiModels,
} from './models.ts';
import { complete } from './openai-completions.ts';
import { embed } from './openai-embeddings.ts';
import { respond } from './openai-responses.ts';
import { chat, openAiError } from './openai-wire.ts';

export interface Practice {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** The only credential, made anew at every start. */
  readonly key: string;
  /** Breaks off what is still being answered. */
  close(): Promise<void>;
}

export interface PracticeOptions {
  /** Milliseconds between the pieces of a stream, so that people see it flow; 0 unless given. */
  readonly pause?: number;
}

const MAX_BODY = 16 * 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * Starts the practice model on loopback, on a free port. It speaks OpenAI's Chat Completions, Responses, Completions,
 * Embeddings and Models, Anthropic's Messages, token counting and Models, and Google's generateContent, token counting,
 * embeddings and models, all as their servers do, so that what works with it works with them.
 */
export async function startPractice(options: PracticeOptions = {}): Promise<Practice> {
  const key = `practice-${randomBytes(24).toString('base64url')}`;
  const server = createServer((req, res) => void serve(req, res, key, options.pause ?? 0));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    key,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Answered = JsonObject | Iterable<string>;

const isStream = (answered: Answered): answered is Iterable<string> => Symbol.iterator in answered;

const POSTS = new Map<string, (body: JsonObject) => Answered>([
  ['/v1/chat/completions', chat],
  ['/v1/responses', respond],
  ['/v1/completions', complete],
  ['/v1/embeddings', embed],
  ['/v1/messages', messages],
  ['/v1/messages/count_tokens', countMessageTokens],
]);

/** What Google's API does with a model (`/v1beta/models/{model}:{method}`). */
const METHODS = new Map<string, (body: JsonObject, model: string) => Answered>([
  ['generateContent', generate],
  ['streamGenerateContent', streamGenerate],
  ['countTokens', countContentTokens],
  ['embedContent', embedContent],
  ['batchEmbedContents', batchEmbedContents],
]);

const isGemini = (path: string) => path.startsWith('/v1beta/');

/** Anthropic's clients always send their API's version; OpenAI's never do. */
const isAnthropic = (req: IncomingMessage, path: string) =>
  path.startsWith('/v1/messages') || req.headers['anthropic-version'] !== undefined;

async function serve(req: IncomingMessage, res: ServerResponse, key: string, pause: number): Promise<void> {
  const path = req.url?.split('?', 1)[0] ?? '';
  try {
    if (!holdsKey(req, key)) throw new Refusal('credential_invalid');
    await send(res, await answerTo(req, path), pause);
  } catch (error) {
    if (res.headersSent || res.destroyed) return void res.destroy();
    const refusal = error instanceof Refusal ? error : new Refusal('internal', { cause: error });
    const write = isGemini(path) ? geminiError : isAnthropic(req, path) ? anthropicError : openAiError;
    // What the client still sends of a refused body is not read.
    if (!req.complete) res.setHeader('connection', 'close');
    sendJson(res, refusal.status, write(refusal));
  }
}

async function answerTo(req: IncomingMessage, path: string): Promise<Answered> {
  if (isGemini(path)) return answerGemini(req, path);
  const post = req.method === 'POST' ? POSTS.get(path) : undefined;
  if (post !== undefined) {
    if (path.startsWith('/v1/messages') && req.headers['anthropic-version'] === undefined) {
      throw new Refusal('request_invalid', { hint: 'The header anthropic-version is required.' });
    }
    return post(parseJson(await readBody(req), { maxDepth: MAX_DEPTH }));
  }
  if (req.method === 'GET' && path === '/v1/models')
    return isAnthropic(req, path) ? anthropicModels() : openAiModels();
  const [, id] = /^\/v1\/models\/([^/]+)$/.exec(path) ?? [];
  if (req.method !== 'GET' || id === undefined) throw new Refusal('route_unknown');
  return isAnthropic(req, path) ? anthropicModel(unescaped(id)) : openAiModel(unescaped(id));
}

async function answerGemini(req: IncomingMessage, path: string): Promise<Answered> {
  if (req.method === 'GET' && path === '/v1beta/models') return geminiModels();
  const [, id = '', name] = /^\/v1beta\/models\/([^/]+?)(?::([A-Za-z]+))?$/.exec(path) ?? [];
  if (id !== '' && req.method === 'GET' && name === undefined) return geminiModel(unescaped(id));
  const act = req.method === 'POST' ? METHODS.get(name ?? '') : undefined;
  if (act === undefined) throw new Refusal('route_unknown');
  return act(parseJson(await readBody(req), { maxDepth: MAX_DEPTH }), unescaped(id));
}

function unescaped(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch (cause) {
    throw new Refusal('request_invalid', { cause });
  }
}

/** Compares digests, which are of one length, so that the time taken says nothing about the key. */
function holdsKey({ headers }: IncomingMessage, key: string): boolean {
  const given =
    headers['x-api-key'] ??
    headers['x-goog-api-key'] ??
    headers.authorization?.replace(/^Bearer /i, '') ??
    '';
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(hash(given), hash(key));
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new Refusal('body_too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function send(res: ServerResponse, answered: Answered, pause: number): Promise<void> {
  if (!isStream(answered)) return sendJson(res, 200, answered);
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  await pipeline(Readable.from(paced(answered, pause)), res);
}

async function* paced(frames: Iterable<string>, pause: number): AsyncGenerator<string> {
  for (const frame of frames) {
    yield frame;
    if (pause > 0) await sleep(pause);
  }
}

function sendJson(res: ServerResponse, status: number, body: JsonObject): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}
