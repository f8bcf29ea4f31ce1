import type { JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import type { Operation } from '../dialect.ts';
import { array, bool, checked, count, type Fields, ident, measure, required, text, tree } from '../shape.ts';
import { content } from './content.ts';
import { message, repeated } from './message.ts';
import { readNamed } from './model.ts';
import { pathsOf } from './paths.ts';
import { readUsage, readWith } from './reply.ts';

/** https://ai.google.dev/api/embeddings */

const request: Fields = {
  model: checked,
  content: required(content('user')),
  taskType: ident,
  title: text('user'),
  outputDimensionality: count,
  autoTruncate: bool,
  embedContentConfig: tree('other'),
};
const one = message(request);
const many = message({ model: checked, requests: required(repeated(array(one))) });

const embedding = message({ values: array(measure), shape: array(count), statistics: tree('other') });
const about: Fields = { usageMetadata: tree('other'), truncated: bool };

const embeds = (prompt: ReturnType<typeof readNamed>): Prompt => ({
  ...prompt,
  stream: false,
  choices: 1,
  maxOutput: 0,
});

const endpoint = (name: string): Omit<Operation, 'id' | 'readPrompt' | 'readReply'> => ({
  method: 'POST',
  ...pathsOf(name),
  action: 'embed',
  query: [],
  headers: {},
});

const usageOf = ({ usageMetadata }: JsonObject) => readUsage(usageMetadata);

export const embedContent: Operation = {
  id: 'gemini.embed',
  ...endpoint('embedContent'),
  readPrompt: (body, id) => embeds(readNamed(one, body, id)),
  readReply: readWith(message({ ...about, embedding: required(embedding) }), usageOf),
};

export const batchEmbedContents: Operation = {
  id: 'gemini.batch_embed',
  ...endpoint('batchEmbedContents'),
  readPrompt: (body, id) =>
    embeds(readNamed(many, body, id, (whole) => [whole, ...(whole.requests as JsonObject[])])),
  readReply: readWith(message({ ...about, embeddings: required(array(embedding)) }), usageOf),
};
