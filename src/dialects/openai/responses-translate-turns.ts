import type { JsonObject } from '../../base/json.ts';
import type { Conversation, MediaPart, TextPart, ToolCallPart, Turn } from '../../exchange/conversation.ts';
import { present, untranslatable, urlOf } from '../translate.ts';

/** Turns to the items of a request. */

export const writeInput = ({ turns }: Conversation): JsonObject[] => turns.flatMap(writeTurn);

function writeTurn(turn: Turn): JsonObject[] {
  if (turn.role === 'assistant') return writeAssistant(turn);
  if (turn.role === 'system') return [message('developer', turn.parts.map(writePart))];
  const items: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const part of turn.parts) {
    if (part.kind === 'tool-result') {
      const output = part.parts.map(writePart);
      items.push({
        type: 'function_call_output',
        call_id: part.callId,
        output: output.length === 0 ? '' : output,
      });
    } else said.push(writePart(part));
  }
  if (said.length > 0) items.push(message('user', said));
  return items;
}

const message = (role: string, content: JsonObject[]): JsonObject => ({ type: 'message', role, content });

/** Reasoning is not given back: another server has made it. */
function writeAssistant({ parts }: Extract<Turn, { role: 'assistant' }>): JsonObject[] {
  const items: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === 'text') said.push({ type: 'output_text', text: part.text, annotations: [] });
    else if (part.kind === 'refusal') said.push({ type: 'refusal', refusal: part.text });
    else if (part.kind === 'tool-call') items.push(writeCall(part));
  }
  return said.length === 0 ? items : [message('assistant', said), ...items];
}

const writeCall = ({ id, name, arguments: args }: ToolCallPart): JsonObject => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: args,
});

function writePart(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return { type: 'input_text', text: part.text };
  const { media, source, name, detail } = part;
  if (media.startsWith('image/'))
    return { type: 'input_image', image_url: urlOf(part), detail: detail ?? 'auto' };
  if (media.startsWith('audio/')) return untranslatable('/input', 'The Responses API hears no sound.');
  const file = 'url' in source ? { file_url: source.url } : { file_data: urlOf(part) };
  return present({ type: 'input_file', ...file, filename: name ?? ('url' in source ? undefined : 'file') });
}
