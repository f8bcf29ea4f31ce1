import { isObject, type Json } from '../../base/json.ts';
import type { Usage } from '../../exchange/exchange.ts';
import type { Operation } from '../dialect.ts';
import { mediaUrl } from '../media.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  count,
  either,
  ident,
  measure,
  name,
  object,
  readBody,
  required,
  text,
  tree,
} from '../shape.ts';

/** Which of these documents answers the query best, as Jina, Cohere and vLLM ask it. */

const texts = { text: text('document'), image: mediaUrl };

const request = object({
  model: required(name('other')),
  query: required(either({ string: text('user'), object: object({ text: text('user'), image: mediaUrl }) })),
  documents: required(array(either({ string: text('document'), object: object(texts) }))),
  top_n: count,
  return_documents: bool,
  rank_fields: array(ident),
  max_chunks_per_doc: count,
  max_tokens_per_doc: count,
  truncate_prompt_tokens: count,
  user: ident,
});

const reply = object({
  id: ident,
  object: ident,
  model: ident,
  results: required(
    array(
      object({
        index: required(count),
        relevance_score: measure,
        document: either({ string: text('document'), object: object({ text: text('document') }) }),
      }),
    ),
  ),
  usage: object({ prompt_tokens: count, total_tokens: count }),
  meta: tree('other'),
});

/** Nothing is written, so that all tokens are read ones. Cohere bills by searches, and says no tokens. */
function readUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = value.total_tokens ?? value.prompt_tokens;
  return typeof input === 'number' ? { input, output: 0 } : undefined;
}

/** https://docs.cohere.com/reference/rerank, https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const rerank: Operation = {
  id: 'openai.rerank',
  method: 'POST',
  path: '/v1/rerank',
  action: 'embed',
  query: [],
  headers: {},
  upstreamPath: '/rerank',
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
