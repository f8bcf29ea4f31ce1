import type { Case } from './case.ts';
import {
  ask,
  askGemini,
  askMessages,
  CHAT,
  GEMINI,
  GEMINI_MODEL,
  GEMINI_STREAM,
  MESSAGES,
  type Refused,
  refused,
  streamedToo,
} from './refused.ts';

/** What a request can ask of a model server that no guard would see, and fields that would change who answers. */
const FETCH = 'OpenAI and Anthropic API references: tools that the model server runs bring in unseen content';
const STATE = 'OpenAI API reference: server-side history that a gateway does not see';
const FETCH_GEMINI = 'Gemini API reference: tools and files that bring in unseen content';
const STATE_GEMINI = 'Gemini API reference: what the server keeps, and answers that come later';
const SPELLING = 'Protocol Buffers, JSON mapping: each field has two names';
const FORM = 'Google APIs, system parameters: the address changes the form of the answer';
const OTHER = 'OpenRouter API reference: the request names models that it falls back to';
const LOST = 'LiteLLM drop_params: a field is lost on the way to a provider that has none like it';
const MODEL = 'CWE-178, CWE-1289: other spellings of a name go round a list';

const chat = (id: string, origin: string, more: object, benign: object = {}): Refused => ({
  id: `chat ${id}`,
  origin,
  attack: () => ({ path: CHAT, body: ask(more) }),
  benign: () => ({ path: CHAT, body: ask(benign) }),
});
const messages = (id: string, origin: string, more: object, benign: object = {}): Refused => ({
  id: `anthropic ${id}`,
  origin,
  attack: () => ({ path: MESSAGES, body: askMessages(more) }),
  benign: () => ({ path: MESSAGES, body: askMessages(benign) }),
});
const gemini = (id: string, origin: string, more: object, benign: object = {}): Refused => ({
  id: `gemini ${id}`,
  origin,
  attack: () => ({ path: GEMINI, body: askGemini(more) }),
  benign: () => ({ path: GEMINI, body: askGemini(benign) }),
});
/** The same by another way than the body. */
const geminiAt = (id: string, origin: string, path: string, benign = GEMINI): Refused => ({
  id: `gemini ${id}`,
  origin,
  attack: () => ({ path, body: askGemini() }),
  benign: () => ({ path: benign, body: askGemini() }),
});
const instruction = (text: string) => ({ parts: [{ text }] });
const part = (fields: object) => ({ messages: [{ role: 'user', content: [fields] }] });

const features: readonly Refused[] = [
  chat(
    'web search tool',
    FETCH,
    { tools: [{ type: 'web_search' }] },
    { tools: [{ type: 'function', function: { name: 'f' } }] },
  ),
  chat('web_search_options', FETCH, { web_search_options: {} }),
  chat('remote MCP tool', FETCH, { tools: [{ type: 'mcp', server_url: 'https://example.org' }] }),
  chat('plugins', 'OpenRouter API reference: plugins', { plugins: [{ id: 'web' }] }),
  chat('data sources', 'Azure OpenAI: On Your Data', { data_sources: [{}] }),
  chat('search parameters', 'xAI API: Live Search', { search_parameters: {} }),
  chat('store', STATE, { store: true }, { store: false }),
  chat('models', OTHER, { models: ['other'] }),
  chat('fallbacks', OTHER, { fallbacks: ['other'] }),
  chat('route', OTHER, { route: 'fallback' }),
  chat(
    'token numbers in the answer',
    'vLLM: return_token_ids',
    { return_token_ids: true },
    { return_token_ids: false },
  ),
  chat(
    'content of an unknown kind',
    FETCH,
    part({ type: 'input_text', text: 'hello' }),
    part({ type: 'text', text: 'hello' }),
  ),
  chat('message of an unknown role', 'Wallace et al. 2024, “The Instruction Hierarchy”', {
    messages: [{ role: 'root', content: 'a' }],
  }),
  chat('file that the server keeps', STATE, part({ type: 'file', file: { file_id: 'file-1' } })),
  chat('earlier answer in sound', STATE, { messages: [{ role: 'assistant', audio: { id: 'audio-1' } }] }),
  chat(
    'picture to be fetched',
    'CVE-2025-6242 (vLLM): SSRF through addresses of media',
    part({ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }),
    part({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }),
  ),
  chat(
    'picture from a file',
    'CWE-73: file: addresses',
    part({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }),
  ),
  chat(
    'picture without a type',
    'RFC 2397: a data address without a type is text/plain',
    part({ type: 'image_url', image_url: { url: 'data:,forbidden%20fruit' } }),
  ),
  chat(
    'text as a picture',
    'RFC 2397: the type says what the data are',
    part({ type: 'image_url', image_url: { url: 'data:text/plain;base64,Zm9yYmlkZGVuIGZydWl0' } }),
  ),
  chat(
    'text in a picture’s data',
    'RFC 2397: data need not be base64',
    part({ type: 'image_url', image_url: { url: 'data:image/png,forbidden fruit' } }),
  ),
  chat(
    'text in a picture’s parameters',
    'RFC 2397: parameters of a type',
    part({ type: 'image_url', image_url: { url: 'data:image/png;x=forbidden;base64,iVBORw0KGgo=' } }),
  ),
  chat(
    'sound',
    'OpenAI API reference: input_audio',
    part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
  ),
  chat(
    'picture of another type',
    'OpenAI API reference: image_url',
    part({ type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }),
  ),
  messages(
    'server tool',
    FETCH,
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    { tools: [{ name: 'f', input_schema: {} }] },
  ),
  messages('code execution', FETCH, { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }),
  messages('MCP connector', FETCH, { mcp_servers: [{ url: 'https://example.org' }] }),
  messages('container', STATE, { container: 'c1' }),
  messages(
    'server tool result',
    FETCH,
    part({ type: 'web_search_tool_result', tool_use_id: 't', content: [] }),
  ),
  messages('redacted thinking', 'Anthropic API reference: redacted_thinking cannot be read', {
    messages: [{ role: 'assistant', content: [{ type: 'redacted_thinking', data: 'AAAA' }] }],
  }),
  messages(
    'text in a picture’s data',
    'RFC 4648: base64 has an alphabet',
    part({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'forbidden fruit' } }),
    part({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }),
  ),
  messages(
    'picture to be fetched',
    FETCH,
    part({ type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }),
  ),
];

const tokens: Refused = {
  id: 'token numbers as input',
  origin: 'OpenAI API reference: embeddings of token numbers',
  attack: () => ({ path: '/v1/embeddings', body: { model: 'm', input: [1, 2, 3] } }),
};

const HOSTED = [
  'googleSearch',
  'google_search',
  'codeExecution',
  'urlContext',
  'fileSearch',
  'mcpServers',
  'newTool',
];

const geminis: readonly Refused[] = [
  ...HOSTED.map((name) =>
    gemini(
      `tool ${name}`,
      FETCH_GEMINI,
      { tools: [{ [name]: {} }] },
      { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    ),
  ),
  gemini('result of a server’s tool', FETCH_GEMINI, {
    contents: [{ role: 'model', parts: [{ toolResponse: { id: '1' } }] }],
  }),
  gemini('cached content', STATE_GEMINI, { cachedContent: 'cachedContents/1' }),
  gemini('cached_content', STATE_GEMINI, { cached_content: 'cachedContents/1' }),
  gemini('store', STATE_GEMINI, { store: true }, { store: false }),
  gemini('file that the server keeps', STATE_GEMINI, {
    contents: [{ parts: [{ file_data: { file_uri: 'files/abc' } }] }],
  }),
  gemini('picture to be fetched', FETCH_GEMINI, {
    contents: [{ parts: [{ fileData: { fileUri: 'https://example.org/a.png' } }] }],
  }),
  gemini(
    'system text in the other spelling',
    SPELLING,
    { system_instruction: instruction('forbidden fruit') },
    { system_instruction: instruction('permitted fruit') },
  ),
  gemini('system text in both spellings', SPELLING, {
    systemInstruction: instruction('a'),
    system_instruction: instruction('b'),
  }),
  gemini('system text in a third spelling', SPELLING, { SystemInstruction: instruction('a') }),
  gemini('another model in the body', MODEL, { model: 'models/other' }, { model: 'models/gemini' }),
  gemini('token probabilities', FETCH_GEMINI, { generationConfig: { responseLogprobs: true } }),
];

const addresses: readonly Refused[] = [
  geminiAt('stream without events', FORM, `${GEMINI_MODEL}:streamGenerateContent`, GEMINI_STREAM),
  geminiAt('stream asked for twice', FORM, `${GEMINI_STREAM}&alt=json`, GEMINI_STREAM),
  geminiAt('stream of another form', FORM, `${GEMINI_MODEL}:streamGenerateContent?alt=json`),
  geminiAt('another form of the answer', FORM, `${GEMINI}?alt=sse`),
  geminiAt('masked fields', FORM, `${GEMINI}?$fields=candidates`),
  geminiAt('batch', STATE_GEMINI, `${GEMINI_MODEL}:batchGenerateContent`),
  geminiAt('interactions', STATE_GEMINI, '/v1beta/interactions'),
  geminiAt('encoded colon', MODEL, '/v1beta/models/gemini%3AgenerateContent'),
  geminiAt('two endings', MODEL, `${GEMINI}:generateContent`),
  geminiAt('empty model', MODEL, '/v1beta/models/:generateContent'),
  geminiAt('a step up the path', MODEL, '/v1beta/models/../models/gemini:generateContent'),
  geminiAt('name behind the alias', MODEL, '/v1beta/models/inner:generateContent'),
];

const models: readonly Refused[] = [
  chat('unknown model', MODEL, { model: 'gpt5' }),
  chat('other case', MODEL, { model: 'GPT-4o' }, { model: 'gpt-4o' }),
  chat('trailing space', MODEL, { model: 'm ' }),
  chat('leading provider', MODEL, { model: 'openai/m' }),
  chat('name behind the alias', MODEL, { model: 'inner' }, { model: 'renamed' }),
  chat('what another dialect cannot say', LOST, { model: 'claude', n: 2 }, { model: 'claude' }),
  messages('what another dialect cannot say', LOST, { model: 'm', top_k: 3 }, { model: 'm' }),
  chat('list of models', MODEL, { model: ['m'] }),
  chat('no model', MODEL, { model: null }),
  chat('line breaks in a model’s name', 'CWE-113: header injection', { model: 'm\r\nx-a: b' }),
  chat('endless name', 'CWE-400', { model: `gpt-${'a'.repeat(5000)}` }),
];

const numbers: readonly Refused[] = [
  chat(
    'negative max_tokens',
    'BerriAI/litellm#26672: budgets that are gone round',
    { max_tokens: -1 },
    { max_tokens: 1 },
  ),
  chat('fraction of max_tokens', 'BerriAI/litellm#26672', { max_tokens: 0.5 }),
  chat('max_tokens as text', 'BerriAI/litellm#26672', { max_tokens: '1' }),
  chat('max_tokens beyond a double', 'RFC 8259, section 6', { max_tokens: 2 ** 60 }),
  chat('n without end', 'OWASP LLM Top 10 2026, LLM06', { n: 100_000 }, { n: 2 }),
  chat('n below one', 'BerriAI/litellm#26672', { n: 0 }),
  chat(
    'stream as text',
    'BerriAI/litellm PR 38721: streams go another way',
    { stream: 'true' },
    { stream: true },
  ),
  chat(
    'card number as a number',
    'PCI DSS 3.4: numbers hold card numbers too',
    { x: { card: 4111111111111111 } },
    { x: { card: 4111111111111112 } },
  ),
  chat(
    'card number as a seed',
    'PCI DSS 3.4: numbers hold card numbers too',
    { seed: 4111111111111111 },
    { seed: 42 },
  ),
  chat(
    'card number as a probability',
    'PCI DSS 3.4: numbers hold card numbers too',
    { temperature: 0.4111111111111111 },
    { temperature: 0.3 },
  ),
  messages(
    'card number as top_k',
    'PCI DSS 3.4: numbers hold card numbers too',
    { top_k: 4111111111111111 },
    { top_k: 40 },
  ),
];

export const requestCases: readonly Case[] = [
  ...refused('features that bring in the unseen', [...features.flatMap(streamedToo), tokens]),
  ...refused('features and addresses of Gemini', [...geminis.flatMap(streamedToo), ...addresses]),
  ...refused('names of models', models),
  ...refused('numbers', numbers),
];
