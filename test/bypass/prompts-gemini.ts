import type { PromptPlace } from './matrix.ts';
import { escapeAll, halves } from './text.ts';

const turns = (...contents: object[]) => ({ contents });
const user = (...parts: object[]) => turns({ role: 'user', parts });
const model = (...parts: object[]) =>
  turns(
    { role: 'user', parts: [{ text: 'hello' }] },
    { role: 'model', parts },
    { role: 'user', parts: [{ text: 'go on' }] },
  );
const call = (more: object) => model({ functionCall: { name: 'f', args: {}, ...more } });
const result = (more: object) => user({ functionResponse: { name: 'f', response: {}, ...more } });
const tool = (more: object) => ({ tools: [{ functionDeclarations: [{ name: 'f', ...more }] }] });
const config = (generationConfig: object) => ({ generationConfig });
const picture = { mimeType: 'image/png', data: 'iVBORw0KGgo=' };

const FIELDS = 'Gemini API reference: fields of generateContent that carry text';
const RESULT = 'Greshake et al. 2023, “Not what you’ve signed up for”: orders in tool results and documents';
const POISON = 'Invariant Labs 2025, “MCP Security Notification: Tool Poisoning Attacks”';
const STRANGE = 'OWASP LLM Top 10 2026, LLM01: fields that a gateway passes on without knowing them';
const SPLIT = 'Kang et al. 2023, “Exploiting Programmatic Behavior of LLMs”: payload splitting';

/** Every place in a generateContent request where text can stand. */
export const geminiPrompts: readonly PromptPlace[] = [
  { id: 'user', origin: FIELDS, put: (t) => user({ text: t }) },
  { id: 'without a role', origin: FIELDS, put: (t) => turns({ parts: [{ text: t }] }) },
  { id: 'adjacent parts', origin: SPLIT, put: (t) => user(...halves(t).map((text) => ({ text }))) },
  { id: 'system', origin: FIELDS, put: (t) => ({ systemInstruction: { parts: [{ text: t }] } }) },
  {
    id: 'system parts',
    origin: SPLIT,
    put: (t) => ({ systemInstruction: { parts: halves(t).map((text) => ({ text })) } }),
  },
  {
    id: 'earlier answer',
    origin: 'Portkey gateway 1.15.2: only the last message is scanned',
    put: (t) => model({ text: t }),
  },
  { id: 'thought', origin: FIELDS, put: (t) => model({ text: t, thought: true }) },
  {
    id: 'thought signature',
    origin: FIELDS,
    good: 'EqQBCkYIBhgCKkAx',
    put: (t) => model({ text: 'a', thoughtSignature: t }),
  },
  { id: 'call arguments', origin: FIELDS, put: (t) => call({ args: { a: [t] } }) },
  { id: 'call arguments, key', origin: FIELDS, put: (t) => call({ args: { [t]: 1 } }) },
  { id: 'call name', origin: FIELDS, put: (t) => call({ name: t }) },
  { id: 'call id', origin: FIELDS, put: (t) => call({ id: t }) },
  { id: 'tool result', origin: RESULT, put: (t) => result({ response: { output: t } }) },
  { id: 'tool result, key', origin: RESULT, put: (t) => result({ response: { [t]: 1 } }) },
  { id: 'tool result name', origin: FIELDS, put: (t) => result({ name: t }) },
  { id: 'tool result id', origin: FIELDS, put: (t) => result({ id: t }) },
  {
    id: 'tool result of an old client',
    origin: RESULT,
    put: (t) => turns({ role: 'function', parts: [{ functionResponse: { name: 'f', response: { a: t } } }] }),
  },
  {
    id: 'picture name in a tool result',
    origin: RESULT,
    put: (t) => result({ parts: [{ inlineData: { ...picture, displayName: t } }] }),
  },
  { id: 'picture name', origin: FIELDS, put: (t) => user({ inlineData: { ...picture, displayName: t } }) },
  {
    id: 'video offset',
    origin: FIELDS,
    put: (t) => user({ inlineData: picture, videoMetadata: { startOffset: t } }),
  },
  { id: 'part metadata', origin: FIELDS, put: (t) => user({ text: 'a', partMetadata: { a: t } }) },
  { id: 'code', origin: FIELDS, put: (t) => model({ executableCode: { language: 'PYTHON', code: t } }) },
  {
    id: 'output of code',
    origin: RESULT,
    put: (t) => model({ codeExecutionResult: { outcome: 'OUTCOME_OK', output: t } }),
  },
  { id: 'tool name', origin: POISON, put: (t) => tool({ name: t }) },
  { id: 'tool description', origin: POISON, put: (t) => tool({ description: t }) },
  {
    id: 'tool schema',
    origin: POISON,
    put: (t) => tool({ parameters: { type: 'OBJECT', properties: { a: { description: t } } } }),
  },
  {
    id: 'tool JSON schema',
    origin: POISON,
    put: (t) => tool({ parametersJsonSchema: { properties: { [t]: {} } } }),
  },
  { id: 'tool response schema', origin: POISON, put: (t) => tool({ response: { description: t } }) },
  { id: 'tool, unknown field', origin: POISON, put: (t) => tool({ note: { a: t } }) },
  {
    id: 'allowed function',
    origin: FIELDS,
    put: (t) => ({ toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [t] } } }),
  },
  {
    id: 'retrieval config',
    origin: FIELDS,
    put: (t) => ({ toolConfig: { retrievalConfig: { languageCode: t } } }),
  },
  { id: 'stop sequence', origin: FIELDS, put: (t) => config({ stopSequences: [t] }) },
  { id: 'response type', origin: FIELDS, put: (t) => config({ responseMimeType: t }) },
  { id: 'response schema', origin: FIELDS, put: (t) => config({ responseSchema: { description: t } }) },
  { id: 'response JSON schema', origin: FIELDS, put: (t) => config({ responseJsonSchema: { enum: [t] } }) },
  { id: 'voice', origin: FIELDS, put: (t) => config({ speechConfig: { voiceConfig: { a: t } } }) },
  { id: 'thinking level', origin: FIELDS, put: (t) => config({ thinkingConfig: { thinkingLevel: t } }) },
  { id: 'unknown field of the config', origin: STRANGE, put: (t) => config({ x: { y: t } }) },
  {
    id: 'safety category',
    origin: FIELDS,
    put: (t) => ({ safetySettings: [{ category: t, threshold: 'BLOCK_NONE' }] }),
  },
  { id: 'label', origin: FIELDS, put: (t) => ({ labels: { a: t } }) },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ x: { y: [t] } }) },
  { id: 'unknown field’s name', origin: STRANGE, put: (t) => ({ [t]: 1 }) },
  { id: 'unknown field of a part', origin: STRANGE, put: (t) => user({ text: 'a', x: t }) },
  {
    id: 'escaped body',
    origin: 'RFC 8259, section 7: any character may be escaped',
    raw: (t) => `{"contents":[{"parts":[{"text":"${escapeAll(t)}"}]}]}`,
  },
];

/** The same places as a request that only counts tokens has. */
export const geminiCountPrompts: readonly PromptPlace[] = [
  { id: 'contents', origin: FIELDS, put: (t) => user({ text: t }) },
  {
    id: 'the request that is counted',
    origin: FIELDS,
    put: (t) => ({
      contents: undefined,
      generateContentRequest: { ...user({ text: 'a' }), systemInstruction: { parts: [{ text: t }] } },
    }),
  },
  { id: 'unknown field', origin: STRANGE, put: (t) => ({ x: { y: [t] } }) },
];

export const geminiEmbedPrompts: readonly PromptPlace[] = [
  { id: 'text', origin: FIELDS, put: (t) => ({ requests: [{ content: { parts: [{ text: t }] } }] }) },
  {
    id: 'second text',
    origin: FIELDS,
    put: (t) => ({ requests: ['a', t].map((text) => ({ content: { parts: [{ text }] } })) }),
  },
  {
    id: 'title',
    origin: FIELDS,
    put: (t) => ({ requests: [{ content: { parts: [{ text: 'a' }] }, title: t }] }),
  },
  {
    id: 'unknown field',
    origin: STRANGE,
    put: (t) => ({ requests: [{ content: { parts: [{ text: 'a' }] }, x: t }] }),
  },
];
