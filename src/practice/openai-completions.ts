import type { JsonObject } from '../base/json.ts';
import { writeEvent } from '../wire/sse.ts';
import { CREATED } from './models.ts';
import { digest, requireText, texts, wholeNumber } from './reading.ts';
import { type Answer, answer } from './reply.ts';

/** OpenAI's Completions as the practice model speaks them: a prompt is taken for a message. */

const MAX_TOKENS = 1_000_000;
const MAX_CHOICES = 128;

/** Answers `POST /v1/completions`: a body, or the frames of a stream. */
export function complete(body: JsonObject): JsonObject | Iterable<string> {
  const envelope = {
    id: `cmpl-${digest(body, 29)}`,
    object: 'text_completion',
    created: CREATED,
    model: requireText(body, 'model'),
  };
  const copies = wholeNumber(body, 'n', MAX_CHOICES) ?? 1;
  const prompts = texts(body.prompt);
  const answers = (prompts.length === 0 ? [''] : prompts).flatMap((text) => {
    const reply = answer({
      turns: [{ role: 'user', text }],
      tools: [],
      toolChoice: 'none',
      maxTokens: wholeNumber(body, 'max_tokens', MAX_TOKENS),
      stop: texts(body.stop),
    });
    const said = body.echo === true ? { ...reply, pieces: [text, ...reply.pieces] } : reply;
    return Array.from({ length: copies }, () => said);
  });
  return body.stream === true ? chunks(envelope, answers) : { ...envelope, ...whole(answers) };
}

const FINISH = { stop: 'stop', length: 'length', call: 'stop' } as const;

const choice = (index: number, text: string, finish: string | null): JsonObject => ({
  text,
  index,
  logprobs: null,
  finish_reason: finish,
});

const whole = (answers: readonly Answer[]): JsonObject => ({
  choices: answers.map(({ pieces, ended }, at) => choice(at, pieces.join(''), FINISH[ended])),
  usage: usageOf(answers),
});

function usageOf(answers: readonly Answer[]): JsonObject {
  const sum = (side: 'input' | 'output') => answers.reduce((total, { tokens }) => total + tokens[side], 0);
  return {
    prompt_tokens: sum('input'),
    completion_tokens: sum('output'),
    total_tokens: sum('input') + sum('output'),
  };
}

/** The choices one after the other, word by word; usage last, whether or not anybody asked. */
function* chunks(envelope: JsonObject, answers: readonly Answer[]): Iterable<string> {
  const frame = (more: JsonObject) => writeEvent({ data: JSON.stringify({ ...envelope, ...more }) });
  for (const [at, { pieces, ended }] of answers.entries()) {
    for (const piece of pieces) yield frame({ choices: [choice(at, piece, null)] });
    yield frame({ choices: [choice(at, '', FINISH[ended])] });
  }
  yield frame({ choices: [], usage: usageOf(answers) });
  yield writeEvent({ data: '[DONE]' });
}
