import { encryptedReasoning } from '../media.ts';
import { checked, count, jsonText, object, required, signature, text, tree, variant } from '../shape.ts';
import { asChannels } from '../unknown.ts';
import { toolUse } from './blocks.ts';
import { envelope, stopping, usage } from './reply.ts';

/** The events of a streamed answer, without what is inside of their blocks and deltas: that is read by channel. */

const piece = { delta: true };
/** Signed with what comes before and after it, so a mask becomes a block. */
const signedPiece = { delta: true, fixed: true };

export const event = variant(
  'type',
  {
    message_start: { message: required(object({ ...envelope, content: checked })) },
    content_block_start: { index: required(count), content_block: required(checked) },
    content_block_delta: { index: required(count), delta: required(checked) },
    content_block_stop: { index: required(count) },
    message_delta: { delta: required(object(stopping)), usage, context_management: tree('other') },
    message_stop: {},
    ping: {},
  },
  { unknown: asChannels },
);

/** The start of a block; what it already says belongs to the same channel as its deltas. */
export const block = variant(
  'type',
  {
    text: { text: text('assistant', piece), citations: tree('document') },
    thinking: { thinking: text('reasoning', signedPiece), signature: signature({ delta: true }) },
    redacted_thinking: { data: required(encryptedReasoning) },
    tool_use: toolUse,
  },
  { unknown: asChannels },
);

/** The deltas, and the kind of block that each may stand in. */
export const delta = variant(
  'type',
  {
    text_delta: { text: required(text('assistant', piece)) },
    citations_delta: { citation: required(tree('document')) },
    thinking_delta: { thinking: required(text('reasoning', signedPiece)), estimated_tokens: count },
    signature_delta: { signature: required(signature({ delta: true })) },
    input_json_delta: { partial_json: required(jsonText('tool-arguments', piece)) },
  },
  { unknown: asChannels },
);

export const KIND_OF_DELTA: Readonly<Record<string, string>> = {
  text_delta: 'text',
  citations_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  input_json_delta: 'tool_use',
};
