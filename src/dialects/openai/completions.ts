import type { Json, JsonObject } from '../../base/json.ts';
import type { Prompt, Reply } from '../../exchange/exchange.ts';
import type { Operation } from '../dialect.ts';
import { isTokens, tokens } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  checked,
  count,
  either,
  type Fields,
  ident,
  integer,
  keyed,
  name,
  nullable,
  number,
  object,
  readBody,
  required,
  type Shape,
  text,
  tree,
  usually,
} from '../shape.ts';
import { asChannels } from '../unknown.ts';
import { envelope, FINISH_REASONS, readUsage } from './chat-reply.ts';
import { askForUsage, MAX_CHOICES } from './chat-request.ts';
import { ChunkStream } from './chunk-stream.ts';
import { completionLogprobs } from './completion-logprobs.ts';
import { choice } from './logprobs.ts';
import { padding } from './padding.ts';
import { REACHING } from './reaching.ts';

/** Most prompts of one request, each with its own answers; and most answers to all of them. */
const MAX_PROMPTS = 2048;

/** One text or several, each answered by itself; or numbers that stand for tokens, which nobody here can read. */
const prompts: Shape = (value, holder, key, path, reading) => {
  if (Array.isArray(value) && value.length > MAX_PROMPTS)
    reading.refuse(path, `It must hold at most ${MAX_PROMPTS} prompts.`);
  const shape = isTokens(value) ? tokens : texts;
  shape(value, holder, key, path, reading);
};
const texts = either({ string: text('user'), array: array(text('user')) });

const request = object({
  model: required(name('other')),
  prompt: prompts,
  suffix: text('user'),
  stream: bool,
  stream_options: object({ include_usage: bool, include_obfuscation: bool }),
  n: integer(1, MAX_CHOICES),
  best_of: integer(1, MAX_CHOICES),
  max_tokens: count,
  echo: bool,
  logprobs: integer(0, MAX_CHOICES),
  logit_bias: tree('other'),
  stop: either({ string: ident, array: array(ident) }),
  temperature: number,
  top_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  seed: number,
  user: ident,
  ...REACHING,
});

function readCompletionRequest(body: JsonObject): Prompt {
  const reading = new Reading('client');
  readBody(request, body, reading);
  const { model, prompt, stream, max_tokens: limit, n, best_of: drafts } = body;
  if (model === '') reading.refuse('/model', 'It is empty.');
  const shown = typeof n === 'number' ? n : 1;
  const made = typeof drafts === 'number' ? drafts : shown;
  // The best of several is known when all are done.
  if (stream === true && made > shown) reading.refuse('/best_of', 'It cannot be streamed.');
  // All are paid for, also those that are not shown.
  const choices = promptsIn(prompt) * Math.max(shown, made);
  // Each choice of a stream is a channel of its own, and is closed by itself where a guard ends the answer.
  const most = stream === true ? MAX_CHOICES : MAX_PROMPTS;
  if (choices > most) reading.refuse('/prompt', `Prompts times answers must be at most ${most}.`);
  return {
    model: model as string,
    stream: stream === true,
    choices,
    maxOutput: typeof limit === 'number' ? limit : undefined,
    slots: reading.slots,
    opaque: reading.opaque,
    usageHidden: stream === true && askForUsage(body),
    body,
  };
}

/** A list of numbers is one prompt, a list of anything else one each. */
const promptsIn = (prompt: Json | undefined): number =>
  Array.isArray(prompt) && prompt.some((item) => typeof item !== 'number') ? prompt.length : 1;

const common: Fields = { finish_reason: FINISH_REASONS, stop_reason: ident, token_ids: tokens };

const reply = object({
  ...envelope,
  object: usually('text_completion'),
  choices: required(
    array(
      choice(
        object({
          ...common,
          index: count,
          text: required(text('assistant')),
          logprobs: completionLogprobs(false),
        }),
      ),
    ),
  ),
});

function readCompletion(body: JsonObject): Reply {
  const reading = new Reading('upstream');
  readBody(reply, body, reading);
  return { slots: reading.slots, opaque: reading.opaque, usage: readUsage(body.usage), body };
}

const chunk = object(
  {
    ...envelope,
    object: usually('text_completion'),
    obfuscation: padding,
    choices: keyed(
      'index',
      choice(
        object(
          {
            ...common,
            index: checked,
            text: nullable(text('assistant', { delta: true })),
            logprobs: completionLogprobs(true),
          },
          asChannels,
        ),
      ),
      MAX_CHOICES,
    ),
  },
  asChannels,
);

/** https://platform.openai.com/docs/api-reference/completions */
export const completions: Operation = {
  id: 'openai.completions',
  method: 'POST',
  path: '/v1/completions',
  action: 'chat',
  query: [],
  headers: {},
  upstreamPath: '/completions',
  readPrompt: readCompletionRequest,
  readReply: readCompletion,
  readStream: (prompt) =>
    new ChunkStream(prompt, {
      shape: chunk,
      object: 'text_completion',
      prefix: 'cmpl-',
      ending: { text: '' },
    }),
};
