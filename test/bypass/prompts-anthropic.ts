import type { PromptPlace } from './matrix.ts';
import { escapeAll, halves } from './text.ts';

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const assistant = (...blocks: object[]) => ({
  messages: [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: blocks },
    { role: 'user', content: 'go on' },
  ],
});
const use = (more: object) => assistant({ type: 'tool_use', id: 't1', name: 'f', input: {}, ...more });
const result = (content: unknown) => user([{ type: 'tool_result', tool_use_id: 't1', content }]);
const document = (source: object, more: object = {}) => user([{ type: 'document', source, ...more }]);
const plain = { type: 'text', media_type: 'text/plain', data: 'a' };
const found = (fields: object) =>
  user([{ type: 'search_result', source: 's', title: 't', content: [text('a')], ...fields }]);
const tool = (more: object) => ({ tools: [{ name: 'f', input_schema: { type: 'object' }, ...more }] });

const FIELDS = 'Anthropic API reference: fields of Messages that carry text';
const ROUTE = 'BerriAI/litellm#35260: guards did not run on Anthropic Messages';
const RESULT = 'Greshake et al. 2023, “Not what you’ve signed up for”: orders in tool results and documents';
const POISON = 'Invariant Labs 2025, “MCP Security Notification: Tool Poisoning Attacks”';
const STRANGE = 'OWASP LLM Top 10 2026, LLM01: fields that a gateway passes on without knowing them';
const SPLIT = 'Kang et al. 2023, “Exploiting Programmatic Behavior of LLMs”: payload splitting';

/** Every place in a Messages request where text can stand. */
export const messagePrompts: readonly PromptPlace[] = [
  { id: 'user', origin: ROUTE, put: (t) => user(t) },
  { id: 'user block', origin: ROUTE, put: (t) => user([text(t)]) },
  { id: 'adjacent blocks', origin: SPLIT, put: (t) => user(halves(t).map((half) => text(half))) },
  { id: 'system', origin: FIELDS, put: (t) => ({ system: t }) },
  { id: 'system blocks', origin: SPLIT, put: (t) => ({ system: halves(t).map((half) => text(half)) }) },
  {
    id: 'earlier assistant',
    origin: 'Portkey gateway 1.15.2: only the last message is scanned',
    put: (t) => assistant(text(t)),
  },
  { id: 'citations', origin: FIELDS, put: (t) => assistant(text('a', { citations: [{ cited_text: t }] })) },
  { id: 'tool input', origin: FIELDS, put: (t) => use({ input: { a: [t] } }) },
  { id: 'tool input, key', origin: FIELDS, put: (t) => use({ input: { [t]: 1 } }) },
  { id: 'tool use name', origin: FIELDS, put: (t) => use({ name: t }) },
  { id: 'tool use id', origin: FIELDS, put: (t) => use({ id: t }) },
  { id: 'tool result', origin: RESULT, put: (t) => result(t) },
  { id: 'tool result block', origin: RESULT, put: (t) => result([text(t)]) },
  { id: 'tool result split', origin: SPLIT, put: (t) => result(halves(t).map((half) => text(half))) },
  {
    id: 'tool result document',
    origin: RESULT,
    put: (t) => result([{ type: 'document', source: { ...plain, data: t } }]),
  },
  { id: 'document', origin: RESULT, put: (t) => document({ ...plain, data: t }) },
  { id: 'document content', origin: RESULT, put: (t) => document({ type: 'content', content: [text(t)] }) },
  {
    id: 'document content split',
    origin: SPLIT,
    put: (t) => document({ type: 'content', content: halves(t).map((half) => text(half)) }),
  },
  { id: 'document title', origin: RESULT, put: (t) => document(plain, { title: t }) },
  { id: 'document context', origin: RESULT, put: (t) => document(plain, { context: t }) },
  { id: 'search result', origin: RESULT, put: (t) => found({ content: [text(t)] }) },
  { id: 'search result title', origin: RESULT, put: (t) => found({ title: t }) },
  { id: 'search result source', origin: RESULT, put: (t) => found({ source: t }) },
  {
    id: 'thinking',
    origin: FIELDS,
    put: (t) => assistant({ type: 'thinking', thinking: t, signature: 'EqQB' }),
  },
  {
    id: 'signature',
    origin: FIELDS,
    good: 'EqQBCkYIBhgCKkAx',
    put: (t) => assistant({ type: 'thinking', thinking: 'hm', signature: t }),
  },
  { id: 'tool name', origin: POISON, put: (t) => tool({ name: t }) },
  { id: 'tool description', origin: POISON, put: (t) => tool({ description: t }) },
  {
    id: 'tool schema',
    origin: POISON,
    put: (t) => tool({ input_schema: { properties: { a: { description: t } } } }),
  },
  { id: 'tool examples', origin: POISON, put: (t) => tool({ input_examples: [{ a: t }] }) },
  { id: 'tool, unknown field', origin: POISON, put: (t) => tool({ note: { a: t } }) },
  { id: 'tool choice', origin: FIELDS, put: (t) => ({ tool_choice: { type: 'tool', name: t } }) },
  { id: 'stop sequence', origin: FIELDS, put: (t) => ({ stop_sequences: [t] }) },
  { id: 'metadata', origin: FIELDS, put: (t) => ({ metadata: { user_id: t } }) },
  { id: 'metadata, unknown field', origin: FIELDS, put: (t) => ({ metadata: { a: t } }) },
  {
    id: 'output format',
    origin: FIELDS,
    put: (t) => ({ output_config: { format: { schema: { description: t } } } }),
  },
  {
    id: 'context management',
    origin: FIELDS,
    put: (t) => ({ context_management: { edits: [{ note: t }] } }),
  },
  {
    id: 'cache control',
    origin: FIELDS,
    put: (t) => user([text('a', { cache_control: { type: 'ephemeral', ttl: t } })]),
  },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ x: { y: [t] } }) },
  { id: 'unknown field’s name', origin: STRANGE, put: (t) => ({ [t]: 1 }) },
  { id: 'unknown field of a block', origin: STRANGE, put: (t) => user([text('a', { x: t })]) },
  {
    id: 'escaped body',
    origin: 'RFC 8259, section 7: any character may be escaped',
    raw: (t) => `{"model":"claude","max_tokens":9,"messages":[{"role":"user","content":"${escapeAll(t)}"}]}`,
  },
];

/** The same places as a request that only counts tokens has. */
export const countPrompts = messagePrompts.filter(
  ({ id }) => !['stop sequence', 'metadata', 'metadata, unknown field', 'escaped body'].includes(id),
);
