import assert from 'node:assert/strict';
import { json, type Script, sse } from '../harness/upstream.ts';
import { type Case, KINDS, type Kind } from './case.ts';
import { leaked, send } from './judge.ts';
import type { Lab } from './lab.ts';
import { countPrompts, messagePrompts } from './prompts-anthropic.ts';
import { geminiCountPrompts, geminiEmbedPrompts, geminiPrompts } from './prompts-gemini.ts';
import { chatPrompts, embeddingPrompts } from './prompts-openai.ts';
import {
  completionPrompts,
  moderationPrompts,
  rerankPrompts,
  responsesPrompts,
} from './prompts-responses.ts';
import { messageReplies } from './replies-anthropic.ts';
import { geminiReplies } from './replies-gemini.ts';
import { chatReplies } from './replies-openai.ts';
import { completionReplies, responsesReplies } from './replies-responses.ts';
import { holds } from './search.ts';
import { CUTS } from './text.ts';

/** A place in a request where text can stand: fields put over a plain request, or a whole body. */
export interface PromptSurface {
  readonly id: string;
  readonly origin: string;
  /** A harmless text, where the place takes only tokens: base64. */
  readonly good?: string;
  put?(text: string): object;
  raw?(text: string): string;
}

/** A place in a reply where text can stand. */
export interface ReplySurface {
  readonly id: string;
  readonly origin: string;
  readonly good?: string;
  /** What is cut into pieces, where it is not the text itself. */
  source?(text: string): string;
  plain?(text: string): object;
  stream?(pieces: readonly string[]): readonly string[];
  /** No client puts pieces of it together. */
  readonly whole?: boolean;
  /** It is dropped, so that nobody sees even harmless text. */
  readonly quiet?: boolean;
}

interface Endpoint {
  readonly path: string;
  /** Where it streams, if that is not said in the body. */
  readonly streamPath?: string;
  readonly body: object;
  readonly streams: boolean;
  readonly prompts: readonly PromptSurface[];
  readonly replies: readonly ReplySurface[];
}

const hello = [{ role: 'user', content: 'hello' }];
const ENDPOINTS: readonly Endpoint[] = [
  {
    path: '/v1/chat/completions',
    body: { model: 'm', messages: hello },
    streams: true,
    prompts: chatPrompts,
    replies: chatReplies,
  },
  {
    path: '/v1/messages',
    body: { model: 'claude', max_tokens: 64, messages: hello },
    streams: true,
    prompts: messagePrompts,
    replies: messageReplies,
  },
  {
    path: '/v1/messages/count_tokens',
    body: { model: 'claude', messages: hello },
    streams: false,
    prompts: countPrompts,
    replies: [],
  },
  {
    path: '/v1/embeddings',
    body: { model: 'm', input: 'a' },
    streams: false,
    prompts: embeddingPrompts,
    replies: [],
  },
  {
    path: '/v1/responses',
    // Gatehouse would add it.
    body: { model: 'm', input: 'hello', store: false },
    streams: true,
    prompts: responsesPrompts,
    replies: responsesReplies,
  },
  {
    path: '/v1/completions',
    body: { model: 'm', prompt: 'hello' },
    streams: true,
    prompts: completionPrompts,
    replies: completionReplies,
  },
  {
    path: '/v1/moderations',
    body: { model: 'm', input: 'hello' },
    streams: false,
    prompts: moderationPrompts,
    replies: [],
  },
  {
    path: '/v1/rerank',
    body: { model: 'm', query: 'a', documents: ['b'] },
    streams: false,
    prompts: rerankPrompts,
    replies: [],
  },
  {
    path: '/v1beta/models/gemini:generateContent',
    streamPath: '/v1beta/models/gemini:streamGenerateContent?alt=sse',
    body: { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] },
    streams: true,
    prompts: geminiPrompts,
    replies: geminiReplies,
  },
  {
    path: '/v1beta/models/gemini:countTokens',
    body: { contents: [{ parts: [{ text: 'a' }] }] },
    streams: false,
    prompts: geminiCountPrompts,
    replies: [],
  },
  {
    path: '/v1beta/models/gemini:batchEmbedContents',
    body: {},
    streams: false,
    prompts: geminiEmbedPrompts,
    replies: [],
  },
];

/** The request to an endpoint, plain or streamed. */
const requestTo = ({ path, streamPath, body }: Endpoint, stream: boolean, more: object = {}) => ({
  path: stream ? (streamPath ?? path) : path,
  body: { ...body, ...(stream && streamPath === undefined && { stream }), ...more },
});

/** Endpoints whose streams are asked for their usage. */
const COUNTED = new Set(['/v1/chat/completions', '/v1/completions']);

/** Surface × direction × plain or streamed × dialect × guard × ways to cut a stream. */
export function matrix(): Case[] {
  return ENDPOINTS.flatMap((endpoint) =>
    KINDS.flatMap((kind) => [
      ...endpoint.prompts.flatMap((surface) =>
        (endpoint.streams && surface.raw === undefined ? [false, true] : [false]).map((stream) =>
          promptCase(endpoint, surface, kind, stream),
        ),
      ),
      ...endpoint.replies.flatMap((surface) => replyCases(endpoint, surface, kind)),
    ]),
  );
}

function promptCase(endpoint: Endpoint, surface: PromptSurface, kind: Kind, stream: boolean): Case {
  const { path } = endpoint;
  const asking = (text: string) => {
    const request = requestTo(endpoint, stream, surface.put?.(text));
    return { path: request.path, body: surface.raw?.(text) ?? request.body };
  };
  return {
    id: `${path} / prompt / ${surface.id} / ${stream ? 'stream' : 'plain'} / ${kind.name}`,
    theme: `text in requests to ${path}`,
    origin: surface.origin,
    control: surface.good === undefined || kind.name === 'secret',
    async attack(lab) {
      lab.upstream.script = answering(endpoint, lab);
      return leaked(await send(lab, asking(kind.bad)), kind.trace);
    },
    async benign(lab) {
      lab.upstream.script = answering(endpoint, lab);
      const request = asking(surface.good ?? kind.good);
      const { body } = request;
      const { got, seen } = await send(lab, request);
      assert.equal(got.status, 200, got.text);
      const { stream_options, ...rest } = JSON.parse(seen[0]?.text ?? 'null') as Record<string, unknown>;
      // Through text and back, since a body may hold a key named __proto__.
      assert.deepEqual(rest, JSON.parse(typeof body === 'string' ? body : JSON.stringify(body)));
      assert.equal(stream_options !== undefined, stream && COUNTED.has(path));
    },
  };
}

function replyCases(endpoint: Endpoint, surface: ReplySurface, kind: Kind): Case[] {
  const { plain, stream, source = (text: string) => text } = surface;
  const cases: Case[] = [];
  if (plain !== undefined)
    cases.push(replyCase(endpoint, surface, kind, 'plain', (text) => json(plain(text))));
  if (stream === undefined) return cases;
  for (const [cut, pieces] of Object.entries(surface.whole ? { whole: CUTS.whole } : CUTS)) {
    cases.push(
      replyCase(endpoint, surface, kind, `stream ${cut}`, (text) =>
        sse(stream(pieces?.(source(text)) ?? [])),
      ),
    );
  }
  return cases;
}

function replyCase(
  endpoint: Endpoint,
  surface: ReplySurface,
  kind: Kind,
  how: string,
  script: (text: string) => Script,
): Case {
  const stream = how !== 'plain';
  const { path } = endpoint;
  const chat = path === '/v1/chat/completions';
  const request = requestTo(endpoint, stream, {
    ...(chat && { n: 2 }),
    ...(chat && stream && { stream_options: { include_usage: true } }),
  });
  return {
    id: `${path} / reply / ${surface.id} / ${how} / ${kind.name}`,
    theme: `text in replies of ${path}`,
    origin: surface.origin,
    control: surface.quiet !== true && (surface.good === undefined || kind.name === 'secret'),
    async attack(lab) {
      lab.upstream.script = script(kind.bad);
      return leaked(await send(lab, request), kind.trace);
    },
    async benign(lab) {
      lab.upstream.script = script(surface.good ?? kind.good);
      const { got } = await send(lab, request);
      assert.equal(got.status, 200, got.text);
      if (surface.quiet !== true) assert.ok(holds(got.text, surface.good ?? kind.good), got.text);
      if (stream)
        assert.match(
          got.text,
          /data: \[DONE\]\n\n$|event: (?:message_stop|response\.completed)\n.*\n\n$|"finishReason":"STOP".*\n\n$/,
        );
      assert.doesNotMatch(got.text, /content_filter|"refusal","stop_details|PROHIBITED_CONTENT/);
      assert.equal(lab.lastEntry().outcome, 'completed');
    },
  };
}

const answering = ({ path }: Endpoint, lab: Lab): Script => {
  return ANSWERS[path] ?? lab.hello;
};

/** Of endpoints that the scripted upstream does not speak by itself. */
const ANSWERS: Readonly<Record<string, Script>> = {
  '/v1/embeddings': json({
    object: 'list',
    model: 'm',
    data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  }),
  '/v1/messages/count_tokens': json({ input_tokens: 5 }),
  '/v1beta/models/gemini:countTokens': json({ totalTokens: 5 }),
  '/v1beta/models/gemini:batchEmbedContents': json({ embeddings: [{ values: [0.5] }] }),
  '/v1/responses': (res, seen) =>
    seen.body.stream === true
      ? sse(responsesReplies[0]?.stream?.(['ok']) ?? [])(res, seen)
      : json(responsesReplies[0]?.plain?.('ok') ?? {})(res, seen),
  '/v1/completions': (res, seen) =>
    seen.body.stream === true
      ? sse(completionReplies[0]?.stream?.(['ok']) ?? [])(res, seen)
      : json(completionReplies[0]?.plain?.('ok') ?? {})(res, seen),
  '/v1/moderations': json({ id: 'modr-1', model: 'm', results: [] }),
  '/v1/rerank': json({ id: 'r', model: 'm', results: [] }),
};
