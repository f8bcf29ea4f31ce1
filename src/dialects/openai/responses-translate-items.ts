import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  TextPart,
  ToolResultPart,
} from '../../exchange/conversation.ts';
import { knowing, mediaAt, objects, TurnList, textParts, untranslatable } from '../translate.ts';

/** The items of a request to turns. */

const kept = ['id', 'status'];
const messageFields = knowing({ carried: ['type', 'role', 'content'], hints: [...kept, 'phase'] });
const callFields = knowing({
  carried: ['type', 'call_id', 'name', 'arguments'],
  hints: kept,
  refused: { async: false, caller: { type: 'direct' } },
});
const resultFields = knowing({
  carried: ['type', 'call_id', 'output'],
  hints: kept,
  refused: { caller: { type: 'direct' } },
});
const reasoningFields = knowing({
  carried: ['type', 'summary', 'content', 'encrypted_content'],
  hints: kept,
});

export function readInput(input: Json | undefined): Pick<Conversation, 'system' | 'turns'> {
  const system: string[] = [];
  const list = new TurnList();
  if (typeof input === 'string') list.add({ role: 'user', parts: textParts(input) });
  /** Names of the tools, by the ids of their calls. */
  const called = new Map<string, string>();
  for (const [at, item] of objects(input).entries()) {
    const path = `/input/${at}`;
    switch (item.type ?? 'message') {
      case 'message': {
        messageFields(item, path);
        const { role, content } = item;
        if (role === 'assistant') list.add({ role, parts: readSaid(content, `${path}/content`) });
        else if (role === 'user') list.add({ role, parts: readParts(content, `${path}/content`) });
        else {
          const parts = readTexts(content, `${path}/content`);
          if (list.turns.length === 0) system.push(...parts.map(({ text }) => text));
          else list.add({ role: 'system', parts });
        }
        break;
      }
      case 'function_call': {
        callFields(item, path);
        const { call_id: id, name, arguments: args } = item;
        if (typeof id !== 'string') return untranslatable(`${path}/call_id`, 'It is required.');
        called.set(id, name as string);
        const json = typeof args === 'string' && args !== '' ? args : '{}';
        list.add({
          role: 'assistant',
          parts: [{ kind: 'tool-call', id, name: name as string, arguments: json }],
        });
        break;
      }
      case 'function_call_output':
        resultFields(item, path);
        list.add({ role: 'user', parts: [readResult(item, path, called)] });
        break;
      case 'reasoning':
        reasoningFields(item, path);
        list.add({ role: 'assistant', parts: readReasoning(item) });
        break;
      default:
        untranslatable(`${path}/type`);
    }
  }
  return { system, turns: list.turns };
}

/** Its texts, which follow each other, and what its maker wants back. */
export function readReasoning({ summary, content, encrypted_content: signature }: JsonObject): AnswerPart[] {
  const text = [...objects(summary), ...objects(content)].map((part) => part.text as string).join('\n\n');
  const signed = typeof signature === 'string' && signature !== '';
  if (text === '' && !signed) return [];
  return [{ kind: 'reasoning', text, ...(signed && { signature }) }];
}

const textFields = knowing({
  carried: ['type', 'text'],
  hints: ['annotations', 'logprobs', 'prompt_cache_breakpoint'],
});

function readTexts(content: Json | undefined, path: string): TextPart[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((part, at) => {
    if (part.type !== 'input_text' && part.type !== 'output_text') untranslatable(`${path}/${at}/type`);
    textFields(part, `${path}/${at}`);
    return textParts(part.text);
  });
}

export function readSaid(content: Json | undefined, path: string): AnswerPart[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((part, at): AnswerPart[] =>
    part.type === 'refusal'
      ? [{ kind: 'refusal', text: part.refusal as string }]
      : readTexts([part], `${path}/${at}`),
  );
}

function readParts(content: Json | undefined, path: string): (TextPart | MediaPart)[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((part, at): (TextPart | MediaPart)[] =>
    MEDIA.has(part.type) ? [readMedia(part, `${path}/${at}`)] : readTexts([part], `${path}/${at}`),
  );
}

const MEDIA: ReadonlySet<unknown> = new Set(['input_image', 'input_file', 'input_audio']);

const mediaFields = knowing({
  carried: ['type', 'image_url', 'file_url', 'file_data', 'filename', 'input_audio', 'detail'],
  hints: ['prompt_cache_breakpoint'],
  refused: { file_id: '' },
});
const audioFields = knowing({ carried: ['data', 'format'] });

/** Bytes with no type of their own are a PDF if they begin as one: `%PDF-`. */
const PDF = /^JVBERi/;

function readMedia(part: JsonObject, path: string): MediaPart {
  mediaFields(part, path);
  const { image_url: image, file_url: file, file_data: data, input_audio: audio, filename, detail } = part;
  const more = {
    ...(typeof detail === 'string' && { detail }),
    ...(typeof filename === 'string' && { name: filename }),
  };
  if (typeof image === 'string') return { kind: 'media', ...mediaAt(image, 'image/*'), ...more };
  if (typeof file === 'string') return { kind: 'media', ...mediaAt(file, 'application/pdf'), ...more };
  if (isObject(audio)) {
    audioFields(audio, `${path}/input_audio`);
    return { kind: 'media', media: `audio/${audio.format}`, source: { base64: audio.data as string } };
  }
  if (typeof data !== 'string') return untranslatable(path);
  if (/^data:/i.test(data)) return { kind: 'media', ...mediaAt(data, ''), ...more };
  if (!PDF.test(data)) return untranslatable(`${path}/file_data`, 'It says no media type; use a data URL.');
  return { kind: 'media', media: 'application/pdf', source: { base64: data }, ...more };
}

const readResult = (
  { call_id: callId, output }: JsonObject,
  path: string,
  called: ReadonlyMap<string, string>,
): ToolResultPart => ({
  kind: 'tool-result',
  callId: callId as string,
  name: called.get(callId as string),
  parts: readParts(output, `${path}/output`),
  failed: false,
});
