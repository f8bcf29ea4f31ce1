import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../exchange/conversation.ts';
import { knowing, mediaAt, objects, TurnList, textParts, untranslatable } from '../translate.ts';

/** The messages of a request to turns. */

const NAME = { name: '' };
const systemFields = knowing({ carried: ['role', 'content'], refused: NAME });
const assistantFields = knowing({
  carried: ['role', 'content', 'refusal', 'reasoning_content', 'reasoning', 'tool_calls'],
  hints: ['annotations'],
  refused: { ...NAME, audio: false, function_call: false },
});
const toolFields = knowing({ carried: ['role', 'content', 'tool_call_id', 'name'] });

export function readChatTurns(messages: readonly JsonObject[]): Pick<Conversation, 'system' | 'turns'> {
  const system: string[] = [];
  const list = new TurnList();
  /** Names of the tools, by the ids of their calls. */
  const called = new Map<string, string>();
  for (const [at, message] of messages.entries()) {
    const path = `/messages/${at}`;
    switch (message.role) {
      case 'system':
      case 'developer': {
        systemFields(message, path);
        const parts = readTexts(message.content, `${path}/content`);
        if (list.turns.length === 0) system.push(...parts.map(({ text }) => text));
        else list.add({ role: 'system', parts });
        break;
      }
      case 'user':
        systemFields(message, path);
        list.add({ role: 'user', parts: readUserParts(message.content, `${path}/content`) });
        break;
      case 'assistant': {
        assistantFields(message, path);
        const parts = readAssistant(message, path);
        for (const part of parts) if (part.kind === 'tool-call') called.set(part.id, part.name);
        list.add({ role: 'assistant', parts });
        break;
      }
      case 'tool':
        toolFields(message, path);
        list.add({ role: 'user', parts: [readResult(message, path, called)] });
        break;
      default:
        untranslatable(`${path}/role`, 'Use tools instead of functions.');
    }
  }
  return { system, turns: list.turns };
}

const textFields = knowing({ carried: ['type', 'text'], hints: ['cache_control'] });

function readTexts(content: Json | undefined, path: string): TextPart[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((part, at) => {
    if (part.type !== 'text') untranslatable(`${path}/${at}/type`);
    textFields(part, `${path}/${at}`);
    return textParts(part.text);
  });
}

function readUserParts(content: Json | undefined, path: string): (TextPart | MediaPart)[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((part, at): (TextPart | MediaPart)[] =>
    part.type === 'text' ? readTexts([part], path) : [readMedia(part, `${path}/${at}`)],
  );
}

const mediaFields = knowing({
  carried: ['type', 'image_url', 'input_audio', 'file'],
  hints: ['cache_control'],
});
const imageFields = knowing({ carried: ['url', 'detail'] });
const audioFields = knowing({ carried: ['data', 'format'] });
const fileFields = knowing({ carried: ['file_data', 'filename'], refused: { file_id: '' } });

function readMedia(part: JsonObject, path: string): MediaPart {
  mediaFields(part, path);
  switch (part.type) {
    case 'image_url': {
      const image = part.image_url as JsonObject;
      imageFields(image, `${path}/image_url`);
      const { detail } = image;
      return {
        kind: 'media',
        ...mediaAt(image.url as string, 'image/*'),
        ...(typeof detail === 'string' && { detail }),
      };
    }
    case 'input_audio': {
      const audio = part.input_audio as JsonObject;
      audioFields(audio, `${path}/input_audio`);
      return { kind: 'media', media: `audio/${audio.format}`, source: { base64: audio.data as string } };
    }
    default:
      return readFile(part.file as JsonObject, `${path}/file`);
  }
}

/** Bytes with no type of their own are a PDF if they begin as one: `%PDF-`. */
const PDF = /^JVBERi/;

function readFile(file: JsonObject, path: string): MediaPart {
  fileFields(file, path);
  const { file_data: data, filename } = file;
  if (typeof data !== 'string') return untranslatable(path);
  const named = typeof filename === 'string' && { name: filename };
  if (/^data:/i.test(data)) return { kind: 'media', ...mediaAt(data, ''), ...named };
  if (!PDF.test(data)) return untranslatable(`${path}/file_data`, 'It says no media type; use a data URL.');
  return { kind: 'media', media: 'application/pdf', source: { base64: data }, ...named };
}

function readAssistant(message: JsonObject, path: string): AnswerPart[] {
  const parts: AnswerPart[] = [];
  const reasoning = message.reasoning_content ?? message.reasoning;
  if (typeof reasoning === 'string' && reasoning !== '') parts.push({ kind: 'reasoning', text: reasoning });
  const { content } = message;
  for (const [at, part] of (Array.isArray(content) ? objects(content) : []).entries()) {
    if (part.type === 'refusal') parts.push({ kind: 'refusal', text: part.refusal as string });
    else parts.push(...readTexts([part], `${path}/content/${at}`));
  }
  parts.push(...textParts(content));
  if (typeof message.refusal === 'string' && message.refusal !== '') {
    parts.push({ kind: 'refusal', text: message.refusal });
  }
  for (const [at, call] of objects(message.tool_calls).entries()) {
    parts.push(readCall(call, `${path}/tool_calls/${at}`));
  }
  return parts;
}

const callFields = knowing({ carried: ['id', 'type', 'function'], hints: ['index'] });
const calledFields = knowing({ carried: ['name', 'arguments'] });

function readCall(call: JsonObject, path: string): ToolCallPart {
  if (!isObject(call.function)) return untranslatable(`${path}/type`);
  callFields(call, path);
  calledFields(call.function, `${path}/function`);
  if (typeof call.id !== 'string') return untranslatable(`${path}/id`, 'It is required.');
  const { name, arguments: args } = call.function;
  return {
    kind: 'tool-call',
    id: call.id,
    name: name as string,
    arguments: typeof args === 'string' && args !== '' ? args : '{}',
  };
}

function readResult(
  { content, tool_call_id: callId, name }: JsonObject,
  path: string,
  called: ReadonlyMap<string, string>,
): ToolResultPart {
  if (typeof callId !== 'string') return untranslatable(`${path}/tool_call_id`, 'It is required.');
  return {
    kind: 'tool-result',
    callId,
    name: typeof name === 'string' ? name : called.get(callId),
    parts: readTexts(content, `${path}/content`),
    failed: false,
  };
}
