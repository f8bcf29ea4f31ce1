import zlib from 'node:zlib';
import { json, type Script, sse } from '../harness/upstream.ts';
import type { ReplyPlace } from './matrix.ts';
import { messageReplies } from './replies-anthropic.ts';
import { geminiReplies } from './replies-gemini.ts';
import { chatReplies } from './replies-openai.ts';
import { completionReplies, responsesReplies } from './replies-responses.ts';
import { DOORS, type Door } from './surfaces.ts';
import { data, ERRORS, MIXED, type Trick, typed } from './trick.ts';

const PACKED = 'RFC 9110, section 8.4; guards that read compressed bytes';
const SSE = 'WHATWG HTML, section 9.2: how an event stream is read';
const LATE = 'agentgateway#3603, NeMo Guardrails “stream_first”: text after the end';
const PARSERS = 'Bishop Fox 2021, “JSON Interoperability Vulnerabilities”';
const STATUS = 'RFC 9110, section 15: an answer that is none';

/** The first place of each surface is its text. */
const TEXTS: Readonly<Record<string, ReplyPlace | undefined>> = {
  chat: chatReplies[0],
  responses: responsesReplies[0],
  completions: completionReplies[0],
  messages: messageReplies[0],
  gemini: geminiReplies[0],
};

export interface Voice {
  says(text: string): string;
  frames(text: string): readonly string[];
}
const PACKINGS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['br', (bytes) => zlib.brotliCompressSync(bytes)],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
];
const MISPACKED: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['gzip, gzip', (bytes) => zlib.gzipSync(zlib.gzipSync(bytes))],
  ['compress', (bytes) => bytes],
  ['gzip', (bytes) => bytes],
];
const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';

/** What any model server could do to a plain answer. */
function plainTricks({ says, frames }: Voice): readonly Trick[] {
  const plain = (text: string) => typed(JSON_TYPE, says(text));
  const other = (id: string, origin: string, script: (text: string) => Script): Trick => ({
    ...{ id, origin, script, benign: plain },
  });
  const error = (text: string) => ({
    type: 'error',
    error: { message: text, type: text, code: text, status: text, param: text },
  });
  return [
    other('a stream', MIXED, (t) => sse(frames(t))),
    other('a stream under the name of JSON', MIXED, (t) => typed(JSON_TYPE, frames(t).join(''))),
    ...['text/plain', 'text/html', 'application/xml', `${JSON_TYPE}; charset=utf-16`].map((type) =>
      other(type, MIXED, (t) =>
        typed(type, type.startsWith(JSON_TYPE) ? Buffer.from(says(t), 'utf16le') : t),
      ),
    ),
    other('no type', MIXED, (t) => (res) => void res.writeHead(200).end(t)),
    ...[201, 202, 203, 206, 226, 300, 304].map((status) =>
      other(`status ${status}`, STATUS, (t) => typed(JSON_TYPE, says(t), {}, status)),
    ),
    {
      id: 'text in headers',
      origin: 'CWE-113',
      quiet: true,
      script: (t) => typed(JSON_TYPE, says('a'), { 'x-note': t, 'set-cookie': `a=${t}` }),
    },
    other('a byte order mark', 'RFC 8259, section 8.1', (t) => typed(JSON_TYPE, `\ufeff${says(t)}`)),
    other('two documents', PARSERS, (t) => typed(JSON_TYPE, says('a') + says(t))),
    {
      id: 'duplicate keys, the first forbidden',
      origin: PARSERS,
      quiet: true,
      script: (t) => typed(JSON_TYPE, says(t).replace(/\}$/, `,${says('a').slice(1)}`)),
    },
    {
      id: 'error beside the answer',
      origin: ERRORS,
      script: (t) => typed(JSON_TYPE, says('a').replace(/\}$/, `,"x_error":${JSON.stringify(error(t))}}`)),
    },
    other('a list', PARSERS, (t) => typed(JSON_TYPE, `[${says(t)}]`)),
    other('nesting', 'CWE-674: nesting without a bound', (t) =>
      typed(JSON_TYPE, says(t).replace('{', `{"x":${'['.repeat(3000)}${']'.repeat(3000)},`)),
    ),
    ...PACKINGS.map(
      ([name, pack]): Trick => ({
        id: `compressed as ${name}`,
        origin: PACKED,
        script: (t) => typed(JSON_TYPE, pack(Buffer.from(says(t))), { 'content-encoding': name }),
      }),
    ),
    ...MISPACKED.map(([name, pack], i) =>
      other(`compressed in its own way, ${i + 1}`, PACKED, (t) =>
        typed(JSON_TYPE, pack(Buffer.from(says(t))), { 'content-encoding': name }),
      ),
    ),
    ...[400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 529].map((status) =>
      other(`error ${status}`, ERRORS, (t) => json(error(t), status)),
    ),
    other('error as text', ERRORS, (t) => json({ error: t, detail: t, message: t }, 400)),
    other('error that is no JSON', ERRORS, (t) => typed('text/html', `<p>${t}`, {}, 502)),
    other('error, compressed', ERRORS, (t) =>
      typed(JSON_TYPE, zlib.gzipSync(JSON.stringify(error(t))), { 'content-encoding': 'gzip' }, 400),
    ),
  ];
}

/** What any model server could do to a stream. */
function streamTricks({ says, frames }: Voice): readonly Trick[] {
  const fine = (text: string) => sse(frames(text));
  const told = (
    id: string,
    change: (frames: readonly string[], text: string) => readonly string[],
  ): Trick => ({
    ...{ id, origin: SSE, stream: true, script: (t) => sse(change(frames(t), t)) },
  });
  const hidden = (id: string, change: (frame: string, text: string) => string): Trick => ({
    ...{ id, origin: SSE, stream: true, quiet: true },
    script: (t) => sse(frames('a').map((frame) => change(frame, t))),
  });
  const other = (id: string, origin: string, script: (text: string) => Script): Trick => ({
    ...{ id, origin, stream: true, script, benign: fine },
  });
  const late = (id: string, last: (text: string) => readonly string[]) =>
    other(id, LATE, (t) => sse([...frames('a'), ...last(t)]));
  return [
    told('carriage returns', (list) => list.map((one) => one.replace(/\r?\n/g, '\r'))),
    told('carriage returns and line feeds', (list) => list.map((one) => one.replace(/\r?\n/g, '\r\n'))),
    told('cut anywhere', (list) => list.join('').match(/[\s\S]{1,7}/g) ?? []),
    told('all at once', (list) => [list.join('')]),
    told('no space behind the colon', (list) => list.map((one) => one.replaceAll('data: ', 'data:'))),
    told('a byte order mark first', ([first = '', ...rest]) => [`\ufeff${first}`, ...rest]),
    told('comments between', (list) => list.map((one) => `: note\n${one}`)),
    told('empty lines between', (list) => list.map((one) => `\n\n${one}`)),
    told('data over two lines', (list) => list.map((one) => one.replace(/^(data: \{)(?=")/m, '$1\ndata: '))),
    hidden('text in comments', (one, t) => `: ${t}\n${one}`),
    hidden('text in id and retry', (one, t) => `id: ${t}\nretry: ${t}\n${one}`),
    hidden('text in a field that is no data', (one, t) => `content: ${t}\n${one}`),
    other('plain', MIXED, (t) => typed(JSON_TYPE, says(t))),
    other('plain under the name of a stream', MIXED, (t) => typed(EVENTS, says(t))),
    other('text that is not JSON', SSE, (t) => sse([...frames('a').slice(0, -1), data(t)])),
    other('a list for an object', SSE, (t) =>
      sse(frames(t).map((one) => one.replace(/^data: (\{.*)$/m, 'data: [$1]'))),
    ),
    other('two objects in one event', SSE, (t) =>
      sse(frames(t).map((one) => one.replace(/^data: (\{.*)$/m, 'data: $1$1'))),
    ),
    other('error in an event', ERRORS, (t) =>
      sse([
        ...frames('a').slice(0, 1),
        data(JSON.stringify({ type: 'error', error: { message: t, type: t } })),
      ]),
    ),
    other('error before the stream', ERRORS, (t) => json({ error: { message: t } }, 400)),
    {
      id: 'compressed',
      origin: PACKED,
      stream: true,
      script: (t) => typed(EVENTS, zlib.gzipSync(frames(t).join('')), { 'content-encoding': 'gzip' }),
    },
    late('all of it once more behind the end', frames),
    late('text behind the end', (t) => [data(JSON.stringify({ text: t })), `data: ${t}`]),
  ];
}

/** How the model server of a door says a text; undefined where its answers are none. */
export function voiceOf({ surface }: Door): Voice | undefined {
  const { plain, stream } = TEXTS[surface.name] ?? {};
  if (plain === undefined || stream === undefined) return undefined;
  return { says: (text) => JSON.stringify(plain(text)), frames: (text) => stream([text]) };
}

/** Doors whose answers are texts, with everything that could be done to them. */
export const answersAt: readonly (readonly [Door, readonly Trick[]])[] = DOORS.flatMap((door) => {
  const voice = voiceOf(door);
  return voice === undefined ? [] : [[door, door.stream ? streamTricks(voice) : plainTricks(voice)] as const];
});
