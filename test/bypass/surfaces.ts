import { json, type Script, sse } from '../harness/upstream.ts';
import type { Lab } from './lab.ts';
import { completionReplies, responsesReplies } from './replies-responses.ts';

/** An endpoint that programs ask models at, and a plain request to it. */
export interface Surface {
  /** Short, for tables. */
  readonly name: string;
  readonly path: string;
  /** Where it streams, if that is not said in the body. */
  readonly streamPath?: string;
  readonly body: object;
  readonly streams: boolean;
  /** Fields that say one text. */
  say(text: string): object;
  /** It asks models that classify or score: by a contract instead of guards, and with nothing that is kept. */
  readonly predicts?: true;
  /** Its clients need not say what a body is. */
  readonly untyped?: true;
  /** How its model server answers, where the scripted one does not know by itself. */
  readonly answer?: Script;
}

/** A surface, plain or streamed: one way in. */
export interface Door {
  /** `chat`, `chat stream`. */
  readonly name: string;
  readonly surface: Surface;
  readonly stream: boolean;
  /** Path and query. */
  readonly path: string;
  readonly body: object;
  /** The body as text, with this JSON in the place where a prompt stands. */
  saying(json: string): string;
}

const hello = 'hello';
const user = (content: unknown) => [{ role: 'user', content }];
const streamedOr = (frames: readonly string[] | undefined, plain: object | undefined): Script => {
  return (res, seen) => (seen.body.stream === true ? sse(frames ?? []) : json(plain ?? {}))(res, seen);
};
const gemini = (text: unknown) => ({ contents: [{ role: 'user', parts: [{ text }] }] });
const MODEL = '/v1beta/models/gemini';

export const chatSurface: Surface = {
  name: 'chat',
  path: '/v1/chat/completions',
  body: { model: 'm', messages: user(hello) },
  streams: true,
  say: (text) => ({ messages: user(text) }),
};
export const messagesSurface: Surface = {
  name: 'messages',
  path: '/v1/messages',
  body: { model: 'claude', max_tokens: 64, messages: user(hello) },
  streams: true,
  say: (text) => ({ messages: user(text) }),
};
export const responsesSurface: Surface = {
  name: 'responses',
  path: '/v1/responses',
  // Gatehouse would add `store`.
  body: { model: 'm', input: hello, store: false },
  streams: true,
  say: (text) => ({ input: text }),
  answer: streamedOr(responsesReplies[0]?.stream?.(['ok']), responsesReplies[0]?.plain?.('ok')),
};
export const geminiSurface: Surface = {
  name: 'gemini',
  path: `${MODEL}:generateContent`,
  streamPath: `${MODEL}:streamGenerateContent?alt=sse`,
  body: gemini(hello),
  streams: true,
  say: gemini,
};

/** A score for each row that was asked. */
const score: Script = (res, seen) => {
  const [first] = (seen.body.inputs ?? []) as { readonly shape: readonly number[] }[];
  const rows = first?.shape[0] ?? 1;
  const data = new Array(rows).fill(0.5);
  const outputs = [{ name: 'score', datatype: 'FP32', shape: [rows, 1], data }];
  return json({ model_name: 'words', outputs })(res, seen);
};
const word = (text: string) => ({
  inputs: [{ name: 'word', datatype: 'BYTES', shape: [1, 1], data: [text] }],
});
const rows = (text: string) => ({ rows: [{ word: text }] });

/** The model `words` (predictions.ts) takes a category of texts: what is none of them, no model server may see. */
export const oipSurface: Surface = {
  name: 'oip',
  path: '/v2/models/words/infer',
  body: word(hello),
  streams: false,
  predicts: true,
  untyped: true,
  say: word,
  answer: score,
};
export const rowsSurface: Surface = {
  name: 'rows',
  path: '/v2/models/words/rows',
  body: rows(hello),
  streams: false,
  predicts: true,
  say: rows,
  answer: score,
};

/** Every endpoint of every dialect that a program can ask a model at. */
export const SURFACES: readonly Surface[] = [
  chatSurface,
  responsesSurface,
  {
    name: 'completions',
    path: '/v1/completions',
    body: { model: 'm', prompt: hello },
    streams: true,
    say: (prompt) => ({ prompt }),
    answer: streamedOr(completionReplies[0]?.stream?.(['ok']), completionReplies[0]?.plain?.('ok')),
  },
  {
    name: 'embeddings',
    path: '/v1/embeddings',
    body: { model: 'm', input: 'a' },
    streams: false,
    say: (input) => ({ input }),
    answer: json({
      object: 'list',
      model: 'm',
      data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
    }),
  },
  {
    name: 'moderations',
    path: '/v1/moderations',
    body: { model: 'm', input: hello },
    streams: false,
    say: (input) => ({ input }),
    answer: json({ id: 'modr-1', model: 'm', results: [] }),
  },
  {
    name: 'rerank',
    path: '/v1/rerank',
    body: { model: 'm', query: 'a', documents: ['b'] },
    streams: false,
    say: (query) => ({ query }),
    answer: json({ id: 'r', model: 'm', results: [] }),
  },
  messagesSurface,
  {
    name: 'count_tokens',
    path: '/v1/messages/count_tokens',
    body: { model: 'claude', messages: user(hello) },
    streams: false,
    say: (text) => ({ messages: user(text) }),
    answer: json({ input_tokens: 5 }),
  },
  geminiSurface,
  {
    name: 'gemini count',
    path: `${MODEL}:countTokens`,
    body: { contents: [{ parts: [{ text: 'a' }] }] },
    streams: false,
    say: gemini,
    answer: json({ totalTokens: 5 }),
  },
  {
    name: 'gemini embed',
    path: `${MODEL}:batchEmbedContents`,
    body: { requests: [{ content: { parts: [{ text: 'a' }] } }] },
    streams: false,
    say: (text) => ({ requests: [{ content: { parts: [{ text }] } }] }),
    answer: json({ embeddings: [{ values: [0.5] }] }),
  },
  oipSurface,
  rowsSurface,
];

/** The request to a surface, plain or streamed. */
export const requestTo = ({ path, streamPath, body }: Surface, stream: boolean, more: object = {}) => ({
  path: stream ? (streamPath ?? path) : path,
  body: { ...body, ...(stream && streamPath === undefined && { stream }), ...more },
});

export const answerOf = ({ answer }: Surface, lab: Lab): Script => answer ?? lab.hello;

export const doorName = ({ name }: Surface, stream: boolean): string => name + (stream ? ' stream' : '');

function doorOf(surface: Surface, stream: boolean): Door {
  const { path, body } = requestTo(surface, stream);
  const [before = '', after = ''] = JSON.stringify({ ...body, ...surface.say('#') }).split('"#"');
  return {
    name: doorName(surface, stream),
    surface,
    stream,
    path,
    body,
    saying: (text) => before + text + after,
  };
}

/** Every surface, plain and where it can be streamed. */
export const DOORS: readonly Door[] = SURFACES.flatMap((surface) =>
  (surface.streams ? [false, true] : [false]).map((stream) => doorOf(surface, stream)),
);
export const CHAT_DOOR = doorOf(chatSurface, false);

/** Doors that take most of the traffic: the slower attacks are run at these. */
export const MAIN_DOORS = DOORS.filter(({ surface }) => surface.streams || surface.predicts);
