import type { Operation } from '../dialect.ts';
import { isTokens, tokens } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  base64,
  count,
  either,
  ident,
  measure,
  name,
  number,
  object,
  readBody,
  required,
  type Shape,
  text,
  usually,
} from '../shape.ts';
import { readUsage } from './chat-reply.ts';

/** Texts, or numbers that stand for tokens, which nobody here can read. */
const input: Shape = (value, holder, key, path, reading) => {
  const shape = isTokens(value) ? tokens : texts;
  shape(value, holder, key, path, reading);
};
const texts = either({ string: text('user'), array: array(text('user')) });

const request = object({
  model: required(name('other')),
  input: required(input),
  dimensions: count,
  encoding_format: usually('float', 'base64'),
  user: ident,
});

const reply = object({
  object: usually('list'),
  model: ident,
  data: required(
    array(
      object({
        object: usually('embedding'),
        index: count,
        embedding: required(either({ array: array(measure), string: base64 })),
      }),
    ),
  ),
  usage: object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
  id: ident,
  created: number,
});

/** https://platform.openai.com/docs/api-reference/embeddings */
export const embeddings: Operation = {
  id: 'openai.embeddings',
  method: 'POST',
  path: '/v1/embeddings',
  action: 'embed',
  query: [],
  headers: {},
  upstreamPath: '/embeddings',
  readPrompt(body) {
    const reading = new Reading('client');
    readBody(request, body, reading);
    if (body.model === '') reading.refuse('/model', 'It is empty.');
    const { slots, opaque } = reading;
    return { model: body.model as string, stream: false, choices: 1, maxOutput: 0, slots, opaque, body };
  },
  readReply(body) {
    const reading = new Reading('upstream');
    readBody(reply, body, reading);
    return { slots: reading.slots, opaque: reading.opaque, usage: readUsage(body.usage), body };
  },
};
