import assert from 'node:assert/strict';
import { json, type Script, sse } from '../harness/upstream.ts';
import { type Case, KINDS, PERMITTED } from './case.ts';
import { leaked, type Sent, send } from './judge.ts';
import type { Lab, Send } from './lab.ts';
import type { PromptPlace, ReplyPlace } from './matrix.ts';
import { messagePrompts } from './prompts-anthropic.ts';
import { geminiPrompts } from './prompts-gemini.ts';
import { chatPrompts } from './prompts-openai.ts';
import { responsesPrompts } from './prompts-responses.ts';
import { messageReplies } from './replies-anthropic.ts';
import { geminiReplies } from './replies-gemini.ts';
import { chatReplies } from './replies-openai.ts';
import { holds } from './search.ts';
import {
  chatSurface,
  doorName,
  geminiSurface,
  messagesSurface,
  requestTo,
  responsesSurface,
  type Surface,
} from './surfaces.ts';
import { halves } from './text.ts';

/**
 * Every place where text can stand, with a model of another dialect. What one dialect calls a label may be text in the
 * other, and a field that one side’s reader passes over may be one that the other side’s writer writes.
 */
const DIFFERENCE =
  'CWE-436: a field that one side ignores and the other writes; LiteLLM drop_params: a field is lost on the way';

interface Client {
  readonly surface: Surface;
  readonly prompts: readonly PromptPlace[];
}
interface Server {
  readonly model: string;
  readonly replies: readonly ReplyPlace[];
}

const openai: Server = { model: 'm', replies: chatReplies };
const anthropic: Server = { model: 'claude', replies: messageReplies };
const gemini: Server = { model: 'gemini', replies: geminiReplies };
type Pair = readonly [Client, Server];
const PAIRS: readonly Pair[] = [
  ...[anthropic, gemini].flatMap((server) => [
    [{ surface: chatSurface, prompts: chatPrompts }, server] as const,
    [{ surface: responsesSurface, prompts: responsesPrompts }, server] as const,
  ]),
  ...[openai, gemini].map(
    (server) => [{ surface: messagesSurface, prompts: messagePrompts }, server] as const,
  ),
  ...[openai, anthropic].map(
    (server) => [{ surface: geminiSurface, prompts: geminiPrompts }, server] as const,
  ),
];

/** The request of a client, for a model of the other dialect. */
function asking(surface: Surface, { model }: Server, stream: boolean, more: object = {}) {
  const { path, body } = requestTo(surface, stream, more);
  return surface === geminiSurface
    ? { path: path.replace('/models/gemini:', `/models/${model}:`), body }
    : { path, body: { ...body, model } };
}

/** A guard that blocks and one that masks; what nobody sees is the same in every dialect. */
const TRIED = KINDS.filter(({ name }) => name !== 'hidden');

interface Crossing {
  readonly request: Send;
  readonly script?: Script;
}

/** One place, as its client asks for a model of the other side; the harmless twin is the same for each guard. */
function crossing(
  { surface }: Client,
  { model }: Server,
  place: { readonly id: string; readonly good?: string; readonly origin: string },
  stream: boolean,
  put: (text: string) => Crossing,
  arrived: (sent: Sent, text: string) => boolean,
): Case[] {
  const go = async (lab: Lab, text: string) => {
    const { request, script = lab.hello } = put(text);
    lab.upstream.script = script;
    return send(lab, request);
  };
  const good = place.good ?? PERMITTED;
  const carries = async (lab: Lab) => arrived(await go(lab, good), good);
  const benign = async (lab: Lab) => {
    const { got } = await go(lab, good);
    // What cannot be said in the other dialect is refused by name; nothing harmless is taken for harm.
    if (got.status !== 200) assert.match(got.text, /unsupported|upstream_invalid|media_refused/i);
    assert.doesNotMatch(JSON.stringify(lab.lastEntry()), /_blocked/);
  };
  return TRIED.map((kind) => ({
    id: `${surface.path} for ${model} / ${place.id} / ${stream ? 'stream' : 'plain'} / ${kind.name}`,
    theme: 'text across dialects',
    door: doorName(surface, stream),
    origin: `${DIFFERENCE}; ${place.origin}`,
    // Where only letters of base64 may stand, other words are none.
    ...((place.good === undefined || kind.name === 'secret') && { carries }),
    attack: async (lab) => leaked(await go(lab, kind.bad), kind.trace),
    benign,
  }));
}

const prompts = ([client, server]: Pair): Case[] =>
  client.prompts.flatMap(({ id, put, ...place }) =>
    [false, true].flatMap((stream) =>
      put === undefined
        ? []
        : crossing(
            client,
            server,
            { ...place, id: `prompt / ${id}` },
            stream,
            (text) => ({ request: asking(client.surface, server, stream, put(text)) }),
            ({ seen }, text) => seen.some((one) => holds(one.text, text)),
          ),
    ),
  );

const replies = ([client, server]: Pair): Case[] =>
  server.replies.flatMap(({ id, plain, stream: streamed, source = (text) => text, whole, ...place }) => {
    const one = (stream: boolean, script: (text: string) => Script) =>
      crossing(
        client,
        server,
        { ...place, id: `reply / ${id}` },
        stream,
        (text) => ({ request: asking(client.surface, server, stream), script: script(text) }),
        ({ got }, text) => holds(got.text, text),
      );
    const cut = (text: string) => (whole === true ? [source(text)] : halves(source(text)));
    return [
      ...(plain === undefined ? [] : one(false, (text) => json(plain(text)))),
      ...(streamed === undefined ? [] : one(true, (text) => sse(streamed(cut(text))))),
    ];
  });

export const translationCases: readonly Case[] = PAIRS.flatMap((pair) => [
  ...prompts(pair),
  ...replies(pair),
]);
