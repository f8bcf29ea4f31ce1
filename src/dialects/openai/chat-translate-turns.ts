import type { Json, JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  TextPart,
  ToolCallPart,
  Turn,
} from '../../exchange/conversation.ts';
import { present, untranslatable, urlOf } from '../translate.ts';

/** Turns to the messages of a request. */

export function writeChatTurns({ system, turns }: Conversation): JsonObject[] {
  const first = system.map((text) => ({ type: 'text', text }));
  return [
    ...(first.length === 0 ? [] : [{ role: 'system', content: plainOr(first) }]),
    ...turns.flatMap(writeTurn),
  ];
}

/** One text as a string, which servers with simple templates want. */
const plainOr = (parts: JsonObject[]): Json =>
  parts.length === 1 && parts[0]?.type === 'text' ? (parts[0].text as string) : parts;

function writeTurn(turn: Turn): JsonObject[] {
  if (turn.role === 'assistant') return writeAssistant(turn.parts);
  if (turn.role === 'system') return [{ role: 'system', content: plainOr(turn.parts.map(writePart)) }];
  const messages: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const part of turn.parts) {
    if (part.kind !== 'tool-result') continue;
    const texts = part.parts.filter(({ kind }) => kind === 'text').map(writePart);
    messages.push({
      role: 'tool',
      tool_call_id: part.callId,
      content: texts.length === 0 ? '' : plainOr(texts),
    });
    // A tool message holds text only; its pictures are shown right behind.
    said.push(...part.parts.filter(({ kind }) => kind === 'media').map(writePart));
  }
  for (const part of turn.parts) if (part.kind !== 'tool-result') said.push(writePart(part));
  if (said.length > 0) messages.push({ role: 'user', content: plainOr(said) });
  return messages;
}

/** Reasoning is not given back: another server has made it, and this API does not take it. */
function writeAssistant(parts: readonly AnswerPart[]): JsonObject[] {
  const texts: JsonObject[] = [];
  const calls: JsonObject[] = [];
  let refusal: string | undefined;
  for (const part of parts) {
    if (part.kind === 'text') texts.push(writePart(part));
    else if (part.kind === 'refusal') refusal = (refusal ?? '') + part.text;
    else if (part.kind === 'tool-call') calls.push(writeCall(part));
  }
  if (texts.length === 0 && calls.length === 0 && refusal === undefined) return [];
  return [
    present({
      role: 'assistant',
      content: texts.length === 0 ? null : plainOr(texts),
      refusal,
      tool_calls: calls.length === 0 ? undefined : calls,
    }),
  ];
}

export const writeCall = ({ id, name, arguments: args }: ToolCallPart): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

function writePart(part: TextPart | MediaPart): JsonObject {
  if (part.kind === 'text') return { type: 'text', text: part.text };
  const { media, source, detail, name } = part;
  if (media.startsWith('image/')) {
    return { type: 'image_url', image_url: present({ url: urlOf(part), detail }) };
  }
  if ('base64' in source) {
    const [, sound] = /^audio\/(.+)$/.exec(media) ?? [];
    if (sound !== undefined) {
      const format = sound === 'mpeg' ? 'mp3' : sound;
      return { type: 'input_audio', input_audio: { data: source.base64, format } };
    }
    if (media === 'application/pdf') {
      return { type: 'file', file: { filename: name ?? 'document.pdf', file_data: urlOf(part) } };
    }
  }
  return untranslatable(
    '/messages',
    'A model behind Chat Completions takes pictures, sound and PDF documents only.',
  );
}
