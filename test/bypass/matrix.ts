import assert from 'node:assert/strict';
import { json, type Script, sse } from '../harness/upstream.ts';
import { type Case, KINDS, type Kind } from './case.ts';
import { leaked, send } from './judge.ts';
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
import { answerOf, doorName, requestTo, SURFACES, type Surface } from './surfaces.ts';
import { CUTS } from './text.ts';

/** A place in a request where text can stand: fields put over a plain request, or a whole body. */
export interface PromptPlace {
  readonly id: string;
  readonly origin: string;
  /** A harmless text, where the place takes only tokens: base64. */
  readonly good?: string;
  put?(text: string): object;
  raw?(text: string): string;
}

/** A place in a reply where text can stand. */
export interface ReplyPlace {
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

/** Where text can stand in the requests and replies of a surface. */
const PLACES: Readonly<
  Record<string, { readonly prompts: readonly PromptPlace[]; readonly replies?: readonly ReplyPlace[] }>
> = {
  chat: { prompts: chatPrompts, replies: chatReplies },
  responses: { prompts: responsesPrompts, replies: responsesReplies },
  completions: { prompts: completionPrompts, replies: completionReplies },
  embeddings: { prompts: embeddingPrompts },
  moderations: { prompts: moderationPrompts },
  rerank: { prompts: rerankPrompts },
  messages: { prompts: messagePrompts, replies: messageReplies },
  count_tokens: { prompts: countPrompts },
  gemini: { prompts: geminiPrompts, replies: geminiReplies },
  'gemini count': { prompts: geminiCountPrompts },
  'gemini embed': { prompts: geminiEmbedPrompts },
};

/** Surfaces whose streams are asked for their usage. */
const COUNTED = new Set(['chat', 'completions']);

/** Surface × direction × plain or streamed × dialect × guard × ways to cut a stream. */
export function matrix(): Case[] {
  return SURFACES.flatMap((surface) => {
    const { prompts = [], replies = [] } = PLACES[surface.name] ?? {};
    return KINDS.flatMap((kind) => [
      ...prompts.flatMap((place) =>
        (surface.streams && place.raw === undefined ? [false, true] : [false]).map((stream) =>
          promptCase(surface, place, kind, stream),
        ),
      ),
      ...replies.flatMap((place) => replyCases(surface, place, kind)),
    ]);
  });
}

function promptCase(surface: Surface, place: PromptPlace, kind: Kind, stream: boolean): Case {
  const { name, path } = surface;
  const asking = (text: string) => {
    const request = requestTo(surface, stream, place.put?.(text));
    return { path: request.path, body: place.raw?.(text) ?? request.body };
  };
  return {
    id: `${path} / prompt / ${place.id} / ${stream ? 'stream' : 'plain'} / ${kind.name}`,
    theme: 'text in requests',
    door: doorName(surface, stream),
    origin: place.origin,
    control: place.good === undefined || kind.name === 'secret',
    async attack(lab) {
      lab.upstream.script = answerOf(surface, lab);
      return leaked(await send(lab, asking(kind.bad)), kind.trace);
    },
    async benign(lab) {
      lab.upstream.script = answerOf(surface, lab);
      const request = asking(place.good ?? kind.good);
      const { body } = request;
      const { got, seen } = await send(lab, request);
      assert.equal(got.status, 200, got.text);
      const { stream_options, ...rest } = JSON.parse(seen[0]?.text ?? 'null') as Record<string, unknown>;
      // Through text and back, since a body may hold a key named __proto__.
      assert.deepEqual(rest, JSON.parse(typeof body === 'string' ? body : JSON.stringify(body)));
      assert.equal(stream_options !== undefined, stream && COUNTED.has(name));
    },
  };
}

function replyCases(surface: Surface, place: ReplyPlace, kind: Kind): Case[] {
  const { plain, stream, source = (text: string) => text } = place;
  const cases: Case[] = [];
  if (plain !== undefined) cases.push(replyCase(surface, place, kind, 'plain', (text) => json(plain(text))));
  if (stream === undefined) return cases;
  for (const [cut, pieces] of Object.entries(place.whole ? { whole: CUTS.whole } : CUTS)) {
    cases.push(
      replyCase(surface, place, kind, `stream ${cut}`, (text) => sse(stream(pieces?.(source(text)) ?? []))),
    );
  }
  return cases;
}

function replyCase(
  surface: Surface,
  place: ReplyPlace,
  kind: Kind,
  how: string,
  script: (text: string) => Script,
): Case {
  const stream = how !== 'plain';
  const chat = surface.name === 'chat';
  const request = requestTo(surface, stream, {
    ...(chat && { n: 2 }),
    ...(chat && stream && { stream_options: { include_usage: true } }),
  });
  return {
    id: `${surface.path} / reply / ${place.id} / ${how} / ${kind.name}`,
    theme: 'text in replies',
    door: doorName(surface, stream),
    origin: place.origin,
    control: place.quiet !== true && (place.good === undefined || kind.name === 'secret'),
    async attack(lab) {
      lab.upstream.script = script(kind.bad);
      return leaked(await send(lab, request), kind.trace);
    },
    async benign(lab) {
      lab.upstream.script = script(place.good ?? kind.good);
      const { got } = await send(lab, request);
      assert.equal(got.status, 200, got.text);
      if (place.quiet !== true) assert.ok(holds(got.text, place.good ?? kind.good), got.text);
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
