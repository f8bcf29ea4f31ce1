import type { PromptPlace } from './matrix.ts';
import { escapeAll, halves } from './text.ts';

const user = (content: unknown, more: object = {}) => ({ messages: [{ role: 'user', content, ...more }] });
const after = (...messages: object[]) => ({ messages: [...messages, { role: 'user', content: 'hello' }] });
const assistant = (more: object) => after({ role: 'assistant', content: null, ...more });
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const call = (fields: object, more: object = {}) =>
  assistant({
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}', ...fields }, ...more },
    ],
  });
const result = (content: unknown, id = 'c1') => after({ role: 'tool', tool_call_id: id, content });
const tool = (fields: object) => ({ tools: [{ type: 'function', function: { name: 'f', ...fields } }] });
const parameters = (schema: object) => tool({ parameters: { type: 'object', properties: { a: schema } } });

const EARLIER = 'Portkey gateway 1.15.2: only the last message is scanned';
const SENT = 'BerriAI/litellm#18261: blocked, and sent and billed all the same';
const RESULT = 'Portkey gateway 1.15.2: tool results are not scanned; BerriAI/litellm#14612';
const POISON = 'Invariant Labs 2025, “MCP Security Notification: Tool Poisoning Attacks”';
const ROLES = 'Kong AI Prompt Guard documentation: only messages with the role user are scanned';
const FIELDS = 'OpenAI API reference: fields of Chat Completions that carry text';
const STRANGE = 'OWASP LLM Top 10 2026, LLM01: fields that a gateway passes on without knowing them';
const SPLIT = 'Kang et al. 2023, “Exploiting Programmatic Behavior of LLMs”: payload splitting';
const ESCAPED = 'RFC 8259, section 7: any character may be escaped';

/** Every place in a chat completion request where text can stand. */
export const chatPrompts: readonly PromptPlace[] = [
  { id: 'user', origin: `${FIELDS}; ${SENT}`, put: (t) => user(t) },
  { id: 'user part', origin: FIELDS, put: (t) => user([text(t)]) },
  {
    id: 'earlier user',
    origin: EARLIER,
    put: (t) => after({ role: 'user', content: t }, { role: 'assistant', content: 'ok' }),
  },
  { id: 'earlier assistant', origin: EARLIER, put: (t) => assistant({ content: t }) },
  { id: 'system', origin: ROLES, put: (t) => after({ role: 'system', content: t }) },
  { id: 'system part', origin: ROLES, put: (t) => after({ role: 'system', content: [text(t)] }) },
  { id: 'developer', origin: ROLES, put: (t) => after({ role: 'developer', content: t }) },
  { id: 'name of a speaker', origin: FIELDS, put: (t) => user('hello', { name: t }) },
  { id: 'refusal', origin: FIELDS, put: (t) => assistant({ refusal: t }) },
  {
    id: 'refusal part',
    origin: FIELDS,
    put: (t) => assistant({ content: [{ type: 'refusal', refusal: t }] }),
  },
  {
    id: 'reasoning',
    origin: 'DeepSeek API: reasoning_content',
    put: (t) => assistant({ reasoning_content: t }),
  },
  { id: 'annotations', origin: FIELDS, put: (t) => assistant({ annotations: [{ title: t }] }) },
  { id: 'tool result', origin: RESULT, put: (t) => result(t) },
  { id: 'tool result part', origin: RESULT, put: (t) => result([text(t)]) },
  { id: 'tool result split', origin: SPLIT, put: (t) => result(halves(t).map((half) => text(half))) },
  { id: 'tool call id', origin: RESULT, put: (t) => result('ok', t) },
  { id: 'function result', origin: RESULT, put: (t) => after({ role: 'function', name: 'f', content: t }) },
  { id: 'call name', origin: FIELDS, put: (t) => call({ name: t }) },
  { id: 'call id', origin: FIELDS, put: (t) => call({}, { id: t }) },
  { id: 'call arguments', origin: FIELDS, put: (t) => call({ arguments: JSON.stringify({ a: t }) }) },
  { id: 'call arguments, key', origin: FIELDS, put: (t) => call({ arguments: JSON.stringify({ [t]: 1 }) }) },
  {
    id: 'call arguments, escaped',
    origin: ESCAPED,
    put: (t) => call({ arguments: `{"a":"${escapeAll(t)}"}` }),
  },
  { id: 'call arguments, not JSON', origin: ESCAPED, put: (t) => call({ arguments: `a: "${escapeAll(t)}` }) },
  {
    id: 'custom call',
    origin: FIELDS,
    put: (t) => assistant({ tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: t } }] }),
  },
  {
    id: 'function call of 2023',
    origin: FIELDS,
    put: (t) => assistant({ function_call: { name: 'f', arguments: `{"a":"${escapeAll(t)}"}` } }),
  },
  { id: 'tool name', origin: POISON, put: (t) => tool({ name: t }) },
  { id: 'tool description', origin: POISON, put: (t) => tool({ description: t }) },
  { id: 'tool schema description', origin: POISON, put: (t) => parameters({ description: t }) },
  { id: 'tool schema enum', origin: POISON, put: (t) => parameters({ enum: [t] }) },
  { id: 'tool schema default', origin: POISON, put: (t) => parameters({ default: { deep: [{ er: t }] } }) },
  { id: 'tool schema key', origin: POISON, put: (t) => tool({ parameters: { properties: { [t]: {} } } }) },
  { id: 'tool, unknown field', origin: POISON, put: (t) => tool({ examples: [t] }) },
  {
    id: 'custom tool',
    origin: POISON,
    put: (t) => ({ tools: [{ type: 'custom', custom: { name: 'f', description: t } }] }),
  },
  {
    id: 'custom tool grammar',
    origin: POISON,
    put: (t) => ({
      tools: [
        {
          type: 'custom',
          custom: { name: 'f', format: { type: 'grammar', grammar: { syntax: 'lark', definition: t } } },
        },
      ],
    }),
  },
  { id: 'functions of 2023', origin: POISON, put: (t) => ({ functions: [{ name: 'f', description: t }] }) },
  {
    id: 'tool choice',
    origin: FIELDS,
    put: (t) => ({ tool_choice: { type: 'function', function: { name: t } } }),
  },
  {
    id: 'schema name',
    origin: FIELDS,
    put: (t) => ({ response_format: { type: 'json_schema', json_schema: { name: t } } }),
  },
  {
    id: 'schema description',
    origin: FIELDS,
    put: (t) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { description: t } } },
    }),
  },
  { id: 'prediction', origin: FIELDS, put: (t) => ({ prediction: { type: 'content', content: t } }) },
  {
    id: 'prediction split',
    origin: SPLIT,
    put: (t) => ({ prediction: { type: 'content', content: halves(t).map((half) => text(half)) } }),
  },
  { id: 'stop', origin: FIELDS, put: (t) => ({ stop: t }) },
  { id: 'stop list', origin: FIELDS, put: (t) => ({ stop: ['x', t] }) },
  { id: 'end user', origin: FIELDS, put: (t) => ({ user: t }) },
  { id: 'metadata value', origin: FIELDS, put: (t) => ({ metadata: { a: t } }) },
  { id: 'metadata key', origin: FIELDS, put: (t) => ({ metadata: { [t]: 'a' } }) },
  { id: 'safety identifier', origin: FIELDS, put: (t) => ({ safety_identifier: t }) },
  { id: 'cache key', origin: FIELDS, put: (t) => ({ prompt_cache_key: t }) },
  { id: 'logit bias key', origin: FIELDS, put: (t) => ({ logit_bias: { [t]: 1 } }) },
  { id: 'voice', origin: FIELDS, put: (t) => ({ audio: { format: 'mp3', voice: t } }) },
  { id: 'modality', origin: FIELDS, put: (t) => ({ modalities: [t] }) },
  { id: 'service tier', origin: FIELDS, put: (t) => ({ service_tier: t }) },
  { id: 'reasoning effort', origin: FIELDS, put: (t) => ({ reasoning_effort: t }) },
  {
    id: 'image detail',
    origin: FIELDS,
    put: (t) =>
      user([{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: t } }]),
  },
  { id: 'split over parts', origin: SPLIT, put: (t) => user(halves(t).map((half) => text(half))) },
  {
    id: 'split around a picture',
    origin: SPLIT,
    put: (t) =>
      user([
        text(halves(t)[0]),
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
        text(halves(t)[1]),
      ]),
  },
  {
    id: 'letter by letter over parts',
    origin: SPLIT,
    put: (t) => user([...t].map((letter) => text(letter))),
  },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ extra_body: { guided_regex: t } }) },
  { id: 'unknown field, key', origin: STRANGE, put: (t) => ({ x: { [t]: 1 } }) },
  { id: 'unknown field’s name', origin: STRANGE, put: (t) => ({ [t]: 1 }) },
  { id: 'unknown field of a message', origin: STRANGE, put: (t) => user('hello', { thoughts: [t] }) },
  { id: 'unknown field of a part', origin: STRANGE, put: (t) => user([text('hello', { note: t })]) },
  { id: 'unknown field, deep', origin: STRANGE, put: (t) => ({ x: [[[[{ y: [t] }]]]] }) },
  {
    id: 'chat template',
    origin: 'vLLM: chat_template and chat_template_kwargs in the request',
    put: (t) => ({ chat_template_kwargs: { enable_thinking: t } }),
  },
  {
    id: '__proto__',
    origin: 'CVE-2019-10744 (lodash): __proto__ as a key',
    raw: (t) =>
      `{"model":"m","messages":[{"role":"user","content":"hello","__proto__":{"a":${JSON.stringify(t)}}}]}`,
  },
  {
    id: 'escaped body',
    origin: ESCAPED,
    raw: (t) => `{"model":"m","messages":[{"role":"user","content":"${escapeAll(t)}"}]}`,
  },
  {
    id: 'escaped keys',
    origin: ESCAPED,
    raw: (t) =>
      `{"model":"m","${escapeAll('messages')}":[{"role":"user","${escapeAll('content')}":"${escapeAll(t)}"}]}`,
  },
];

export const embeddingPrompts: readonly PromptPlace[] = [
  { id: 'input', origin: 'OpenAI API reference: Embeddings', put: (t) => ({ input: t }) },
  { id: 'input list', origin: 'OpenAI API reference: Embeddings', put: (t) => ({ input: ['a', t] }) },
  { id: 'user', origin: 'OpenAI API reference: Embeddings', put: (t) => ({ input: 'a', user: t }) },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ input: 'a', task: t }) },
];
