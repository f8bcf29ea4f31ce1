import type { Case } from './case.ts';
import { type Refused, refused, streamedToo } from './refused.ts';

const STATE = 'OpenAI API reference: server-side history that a gateway does not see';
const HOSTED = 'OpenAI API reference: tools that the model server runs bring in unseen content';
const LATER = 'OpenAI API reference: background mode answers when nobody waits';

const responses = (id: string, origin: string, more: object): Refused => ({
  id: `responses: ${id}`,
  origin,
  attack: () => ({ path: '/v1/responses', body: { model: 'm', input: 'hello', ...more } }),
});
const item = (fields: object) => ({ input: [fields, { role: 'user', content: 'hello' }] });

/** What a request of the Responses API can reach for that the gateway does not see. */
export const history: readonly Case[] = refused(
  'features that bring in the unseen',
  [
    responses('earlier answer', STATE, { previous_response_id: 'resp_1' }),
    responses('conversation', STATE, { conversation: 'conv_1' }),
    responses('conversation as an object', STATE, { conversation: { id: 'conv_1' } }),
    responses('template', STATE, { prompt: { id: 'pmpt_1' } }),
    responses('store', STATE, { store: true }),
    responses('item by its id', STATE, item({ type: 'item_reference', id: 'msg_1' })),
    responses('item by its id, without a type', STATE, item({ id: 'msg_1' })),
    responses('background', LATER, { background: true }),
    responses('file that the server keeps', STATE, {
      input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }],
    }),
    responses('picture that the server keeps', STATE, {
      input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }],
    }),
    responses('reasoning that cannot be read', STATE, item({ type: 'reasoning', encrypted_content: 'AAAA' })),
    responses('summary that cannot be read', STATE, item({ type: 'compaction', encrypted_content: 'AAAA' })),
    ...[
      { type: 'web_search' },
      { type: 'file_search', vector_store_ids: ['vs_1'] },
      { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'mcp', server_label: 'x', server_url: 'https://example.org' },
      { type: 'computer_use_preview' },
      { type: 'image_generation' },
      { type: 'shell' },
      { type: 'apply_patch' },
      { type: 'namespace', name: 'n', tools: [] },
    ].map((tool) => responses(`tool ${tool.type}`, HOSTED, { tools: [tool] })),
    responses('choice of a hosted tool', HOSTED, { tool_choice: { type: 'web_search_preview' } }),
    responses(
      'call of a hosted tool',
      HOSTED,
      item({ type: 'web_search_call', id: 'ws', status: 'completed' }),
    ),
  ].flatMap(streamedToo),
);
