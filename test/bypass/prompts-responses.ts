import type { PromptPlace } from './matrix.ts';
import { escapeAll, halves } from './text.ts';

const hello = { role: 'user', content: 'hello' };
const items = (...before: object[]) => ({ input: [...before, hello] });
const user = (content: unknown, more: object = {}) => ({ input: [{ role: 'user', content, ...more }] });
const text = (value: string, more: object = {}) => ({ type: 'input_text', text: value, ...more });
const said = (...content: object[]) => items({ type: 'message', role: 'assistant', content });
const call = (fields: object) =>
  items({ type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}', ...fields });
const result = (output: unknown, more: object = {}) =>
  items({ type: 'function_call_output', call_id: 'c1', output, ...more });
const thought = (fields: object) => items({ type: 'reasoning', summary: [], ...fields });
const tool = (fields: object) => ({ tools: [{ type: 'function', name: 'f', ...fields }] });
const custom = (fields: object) => ({ tools: [{ type: 'custom', name: 'f', ...fields }] });

const FIELDS = 'OpenAI API reference: fields of Responses that carry text';
const UNGUARDED = 'Portkey gateway 1.15.2: guards do not run on /v1/responses; BerriAI/litellm#14152';
const EARLIER = 'Portkey gateway 1.15.2: only the last message is scanned';
const RESULT = 'Portkey gateway 1.15.2: tool results are not scanned; BerriAI/litellm#14612';
const POISON = 'Invariant Labs 2025, “MCP Security Notification: Tool Poisoning Attacks”';
const ROLES = 'Kong AI Prompt Guard documentation: only messages with the role user are scanned';
const STRANGE = 'OWASP LLM Top 10 2026, LLM01: fields that a gateway passes on without knowing them';
const SPLIT = 'Kang et al. 2023, “Exploiting Programmatic Behavior of LLMs”: payload splitting';
const ESCAPED = 'RFC 8259, section 7: any character may be escaped';

/** Every place in a request of the Responses API where text can stand. */
export const responsesPrompts: readonly PromptPlace[] = [
  { id: 'input', origin: UNGUARDED, put: (t) => ({ input: t }) },
  { id: 'instructions', origin: ROLES, put: (t) => ({ instructions: t }) },
  { id: 'user', origin: FIELDS, put: (t) => user(t) },
  { id: 'user part', origin: FIELDS, put: (t) => user([text(t)]) },
  { id: 'split over parts', origin: SPLIT, put: (t) => user(halves(t).map((half) => text(half))) },
  { id: 'letter by letter over parts', origin: SPLIT, put: (t) => user([...t].map((one) => text(one))) },
  { id: 'earlier user', origin: EARLIER, put: (t) => items({ role: 'user', content: t }) },
  { id: 'system', origin: ROLES, put: (t) => items({ role: 'system', content: t }) },
  { id: 'developer', origin: ROLES, put: (t) => items({ role: 'developer', content: [text(t)] }) },
  { id: 'assistant', origin: EARLIER, put: (t) => said({ type: 'output_text', text: t }) },
  { id: 'refusal', origin: FIELDS, put: (t) => said({ type: 'refusal', refusal: t }) },
  {
    id: 'annotation',
    origin: FIELDS,
    put: (t) => said({ type: 'output_text', text: 'a', annotations: [{ type: 'url_citation', title: t }] }),
  },
  { id: 'call name', origin: FIELDS, put: (t) => call({ name: t }) },
  { id: 'call id', origin: FIELDS, put: (t) => call({ call_id: t }) },
  { id: 'call arguments', origin: FIELDS, put: (t) => call({ arguments: JSON.stringify({ a: t }) }) },
  { id: 'call arguments, key', origin: FIELDS, put: (t) => call({ arguments: JSON.stringify({ [t]: 1 }) }) },
  {
    id: 'call arguments, escaped',
    origin: ESCAPED,
    put: (t) => call({ arguments: `{"a":"${escapeAll(t)}"}` }),
  },
  { id: 'tool result', origin: RESULT, put: (t) => result(t) },
  { id: 'tool result part', origin: RESULT, put: (t) => result([text(t)]) },
  { id: 'tool result split', origin: SPLIT, put: (t) => result(halves(t).map((half) => text(half))) },
  { id: 'tool call id of a result', origin: RESULT, put: (t) => result('ok', { call_id: t }) },
  {
    id: 'custom call',
    origin: FIELDS,
    put: (t) => items({ type: 'custom_tool_call', call_id: 'c', name: 'f', input: t }),
  },
  {
    id: 'custom result',
    origin: RESULT,
    put: (t) => items({ type: 'custom_tool_call_output', call_id: 'c', output: t }),
  },
  {
    id: 'reasoning summary',
    origin: FIELDS,
    put: (t) => thought({ summary: [{ type: 'summary_text', text: t }] }),
  },
  {
    id: 'reasoning summary split',
    origin: SPLIT,
    put: (t) => thought({ summary: halves(t).map((half) => ({ type: 'summary_text', text: half })) }),
  },
  {
    id: 'reasoning',
    origin: FIELDS,
    put: (t) => thought({ content: [{ type: 'reasoning_text', text: t }] }),
  },
  { id: 'tool name', origin: POISON, put: (t) => tool({ name: t }) },
  { id: 'tool description', origin: POISON, put: (t) => tool({ description: t }) },
  {
    id: 'tool schema',
    origin: POISON,
    put: (t) => tool({ parameters: { type: 'object', properties: { a: { description: t } } } }),
  },
  { id: 'tool, unknown field', origin: POISON, put: (t) => tool({ examples: [t] }) },
  { id: 'custom tool', origin: POISON, put: (t) => custom({ description: t }) },
  {
    id: 'custom tool grammar',
    origin: POISON,
    put: (t) => custom({ format: { type: 'grammar', syntax: 'lark', definition: t } }),
  },
  { id: 'tool choice', origin: FIELDS, put: (t) => ({ tool_choice: { type: 'function', name: t } }) },
  {
    id: 'schema description',
    origin: FIELDS,
    put: (t) => ({ text: { format: { type: 'json_schema', name: 'n', schema: { description: t } } } }),
  },
  { id: 'reasoning effort', origin: FIELDS, put: (t) => ({ reasoning: { effort: t } }) },
  { id: 'end user', origin: FIELDS, put: (t) => ({ user: t }) },
  { id: 'metadata key', origin: FIELDS, put: (t) => ({ metadata: { [t]: 'a' } }) },
  { id: 'cache key', origin: FIELDS, put: (t) => ({ prompt_cache_key: t }) },
  { id: 'include', origin: FIELDS, put: (t) => ({ include: [t] }) },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ extra: { deep: [t] } }) },
  { id: 'unknown field’s name', origin: STRANGE, put: (t) => ({ [t]: 1 }) },
  { id: 'unknown field of an item', origin: STRANGE, put: (t) => user('hello', { thoughts: [t] }) },
  { id: 'unknown field of a part', origin: STRANGE, put: (t) => user([text('hello', { note: t })]) },
];

const COMPLETIONS = 'OpenAI API reference: Completions';

export const completionPrompts: readonly PromptPlace[] = [
  { id: 'prompt', origin: COMPLETIONS, put: (t) => ({ prompt: t }) },
  { id: 'one of several prompts', origin: COMPLETIONS, put: (t) => ({ prompt: ['a', t] }) },
  { id: 'suffix', origin: COMPLETIONS, put: (t) => ({ suffix: t }) },
  { id: 'stop', origin: COMPLETIONS, put: (t) => ({ stop: [t] }) },
  { id: 'end user', origin: COMPLETIONS, put: (t) => ({ user: t }) },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ guided_regex: t }) },
];

const MODERATIONS = 'OpenAI API reference: Moderations';

export const moderationPrompts: readonly PromptPlace[] = [
  { id: 'input', origin: MODERATIONS, put: (t) => ({ input: t }) },
  { id: 'input list', origin: MODERATIONS, put: (t) => ({ input: ['a', t] }) },
  { id: 'part', origin: MODERATIONS, put: (t) => ({ input: [{ type: 'text', text: t }] }) },
  {
    id: 'split over parts',
    origin: SPLIT,
    put: (t) => ({ input: halves(t).map((half) => ({ type: 'text', text: half })) }),
  },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ note: t }) },
];

const RERANK = 'Jina and Cohere API references: Rerank';

export const rerankPrompts: readonly PromptPlace[] = [
  { id: 'query', origin: RERANK, put: (t) => ({ query: t }) },
  { id: 'document', origin: RERANK, put: (t) => ({ documents: ['a', t] }) },
  { id: 'document as an object', origin: RERANK, put: (t) => ({ documents: [{ text: t }] }) },
  { id: 'field of a document', origin: STRANGE, put: (t) => ({ documents: [{ text: 'a', title: t }] }) },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ instruction: t }) },
];
