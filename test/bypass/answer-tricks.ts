import zlib from 'node:zlib';
import { chunks, completion, json, message, messageEvents, sse } from '../harness/upstream.ts';
import { MESSAGES } from './refused.ts';
import { halves } from './text.ts';
import { ERRORS, hello, helloPlain, MIXED, type Trick, typed } from './trick.ts';

const PACKED = 'RFC 9110, section 8.4; guards that read compressed bytes';

const packed = (name: string, pack: (bytes: Buffer) => Buffer) => (text: string) =>
  typed('application/json', pack(Buffer.from(JSON.stringify(completion(text)))), {
    'content-encoding': name,
  });
const error = (status: number, body: object) => json(body, status);

/** Answers in other forms than were asked for, compressed, or with errors in them. */
export const answerTricks: readonly Trick[] = [
  { id: 'a stream for a plain request', origin: MIXED, script: (t) => sse(chunks([t])), benign: helloPlain },
  {
    id: 'a stream for a plain message',
    origin: MIXED,
    path: MESSAGES,
    script: (t) => sse(messageEvents([t])),
    benign: () => json(message([])),
  },
  {
    id: 'a plain answer to a stream',
    origin: MIXED,
    stream: true,
    script: (t) => json(completion(t)),
    benign: hello,
  },
  {
    id: 'a plain message for a stream',
    origin: MIXED,
    path: MESSAGES,
    stream: true,
    script: (t) => json(message([{ type: 'text', text: t }])),
    benign: () => sse(messageEvents(['hello'])),
  },
  {
    id: 'plain by its type, a stream by its bytes',
    origin: MIXED,
    script: (t) => typed('application/json', chunks([t]).join('')),
    benign: helloPlain,
  },
  {
    id: 'a stream by its type, plain by its bytes',
    origin: MIXED,
    stream: true,
    script: (t) => typed('text/event-stream', JSON.stringify(completion(t))),
    benign: hello,
  },
  { id: 'text/plain', origin: MIXED, script: (t) => typed('text/plain', t), benign: helloPlain },
  { id: 'HTML', origin: MIXED, script: (t) => typed('text/html', `<p>${t}`), benign: helloPlain },
  {
    id: 'no type',
    origin: MIXED,
    script: (t) => (res) => void res.writeHead(200).end(t),
    benign: helloPlain,
  },
  { id: 'status 201', origin: MIXED, script: (t) => json(completion(t), 201), benign: helloPlain },
  { id: 'status 206', origin: MIXED, script: (t) => json(completion(t), 206), benign: helloPlain },
  {
    id: 'redirect',
    origin: 'CWE-601',
    script: (t) => json(completion(t), 302, { location: 'https://example.org' }),
    benign: helloPlain,
  },
  {
    id: 'text in a header',
    origin: 'CWE-113',
    quiet: true,
    script: (t) =>
      json(completion('a'), 200, { 'x-note': t, 'set-cookie': `a=${t}`, 'openai-organization': t }),
  },
  {
    id: 'duplicate key',
    origin: 'Bishop Fox 2021, “JSON Interoperability Vulnerabilities”',
    script: (t) =>
      typed(
        'application/json',
        JSON.stringify(completion('#')).replace(
          '"content":"#"',
          `"content":${JSON.stringify(t)},"content":"a"`,
        ),
      ),
    quiet: true,
  },
  { id: 'gzip', origin: PACKED, script: packed('gzip', zlib.gzipSync) },
  { id: 'Brotli', origin: PACKED, script: packed('br', (bytes) => zlib.brotliCompressSync(bytes)) },
  { id: 'deflate', origin: PACKED, script: packed('deflate', zlib.deflateSync) },
  { id: 'Zstandard', origin: PACKED, script: packed('zstd', (bytes) => zlib.zstdCompressSync(bytes)) },
  {
    id: 'twice compressed',
    origin: PACKED,
    script: packed('gzip, gzip', (bytes) => zlib.gzipSync(zlib.gzipSync(bytes))),
    benign: helloPlain,
  },
  {
    id: 'unknown compression',
    origin: PACKED,
    script: packed('compress', (bytes) => bytes),
    benign: helloPlain,
  },
  {
    id: 'compressed in name only',
    origin: PACKED,
    script: packed('gzip', (bytes) => bytes),
    benign: helloPlain,
  },
  {
    id: 'compressed stream',
    origin: PACKED,
    stream: true,
    script: (t) =>
      typed('text/event-stream', zlib.gzipSync(chunks(halves(t)).join('')), { 'content-encoding': 'gzip' }),
  },
  ...[400, 404, 413, 422, 429, 500, 503].map(
    (status): Trick => ({
      id: `error ${status}`,
      origin: ERRORS,
      script: (t) => error(status, { error: { message: t, type: t, code: t, param: t } }),
      benign: helloPlain,
    }),
  ),
  {
    id: 'error as text',
    origin: ERRORS,
    script: (t) => error(400, { error: t, detail: t }),
    benign: helloPlain,
  },
  {
    id: 'error of a stream',
    origin: ERRORS,
    stream: true,
    script: (t) => error(400, { error: { message: t } }),
    benign: hello,
  },
  {
    id: 'error of a message',
    origin: ERRORS,
    path: MESSAGES,
    script: (t) => error(400, { type: 'error', error: { type: 'invalid_request_error', message: t } }),
    benign: () => json(message([])),
  },
  {
    id: 'error in an answer',
    origin: ERRORS,
    script: (t) => json({ ...completion('a'), error: { message: t } }),
  },
  {
    id: 'error, compressed',
    origin: ERRORS,
    script: (t) =>
      typed(
        'application/json',
        zlib.gzipSync(JSON.stringify({ error: { message: t } })),
        { 'content-encoding': 'gzip' },
        400,
      ),
    benign: helloPlain,
  },
];
