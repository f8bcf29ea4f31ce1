import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  AnswerPart,
  Conversation,
  MediaPart,
  TextPart,
  ToolResultPart,
} from '../../exchange/conversation.ts';
import { knowing, mediaAt, objects, TurnList, textParts, untranslatable } from '../translate.ts';

/** Content blocks of a request to parts. */

type UserPart = TextPart | MediaPart | ToolResultPart;

export function readTurns(messages: readonly JsonObject[]): Pick<Conversation, 'system' | 'turns'> {
  const system: string[] = [];
  const list = new TurnList();
  const called = new Map<string, string>();
  for (const [at, { role, content }] of messages.entries()) {
    const path = `/messages/${at}/content`;
    if (role === 'system') {
      const parts = readTexts(content, path);
      if (list.turns.length === 0) system.push(...parts.map(({ text }) => text));
      else list.add({ role, parts });
    } else if (role === 'assistant') {
      const parts = readAssistant(content, path);
      for (const part of parts) if (part.kind === 'tool-call') called.set(part.id, part.name);
      list.add({ role, parts });
    } else {
      list.add({ role: 'user', parts: readUser(content, path, called) });
    }
  }
  return { system, turns: list.turns };
}

const textFields = knowing({ carried: ['type', 'text'], hints: ['cache_control', 'citations'] });

export function readTexts(content: Json | undefined, path: string): TextPart[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((block, at) => {
    if (block.type !== 'text') untranslatable(`${path}/${at}/type`);
    textFields(block, `${path}/${at}`);
    return textParts(block.text);
  });
}

/** Results come first, as every API wants them behind their calls. */
function readUser(content: Json | undefined, path: string, called: ReadonlyMap<string, string>): UserPart[] {
  if (!Array.isArray(content)) return textParts(content);
  const results: ToolResultPart[] = [];
  const said: UserPart[] = [];
  for (const [at, block] of objects(content).entries()) {
    if (block.type === 'tool_result') results.push(readResult(block, `${path}/${at}`, called));
    else said.push(...readSaid(block, `${path}/${at}`));
  }
  return [...results, ...said];
}

const imageFields = knowing({
  carried: ['type', 'source'],
  hints: ['cache_control'],
  refused: { transformations: [] },
});
const documentFields = knowing({
  carried: ['type', 'source', 'title', 'context'],
  hints: ['cache_control'],
  refused: { citations: { enabled: false } },
});
const searchFields = knowing({
  carried: ['type', 'source', 'title', 'content'],
  hints: ['cache_control'],
  refused: { citations: { enabled: false } },
});

function readSaid(block: JsonObject, path: string): (TextPart | MediaPart)[] {
  switch (block.type) {
    case 'text':
      textFields(block, path);
      return textParts(block.text);
    case 'image':
      imageFields(block, path);
      return [readMedia(block.source as JsonObject, 'image/*', `${path}/source`)];
    case 'document':
      documentFields(block, path);
      return readDocument(block, path);
    case 'search_result':
      searchFields(block, path);
      return [
        ...textParts(block.title),
        ...textParts(block.source),
        ...readTexts(block.content, `${path}/content`),
      ];
    default:
      return untranslatable(`${path}/type`);
  }
}

function readMedia(
  { type, media_type: media, data, url }: JsonObject,
  kind: string,
  path: string,
): MediaPart {
  if (type === 'base64') return { kind: 'media', media: media as string, source: { base64: data as string } };
  if (type === 'url') return { kind: 'media', ...mediaAt(url as string, kind) };
  return untranslatable(`${path}/type`, 'Another server does not have the file.');
}

/** A document of text is text to every model; one of bytes goes on as it is, with its title as its name. */
function readDocument({ source, title, context }: JsonObject, path: string): (TextPart | MediaPart)[] {
  const from = source as JsonObject;
  const about = textParts(context);
  switch (from.type) {
    case 'text':
      return [...textParts(title), ...about, ...textParts(from.data)];
    case 'content': {
      const blocks = Array.isArray(from.content) ? objects(from.content) : [];
      const said = blocks.flatMap((block, at) => readSaid(block, `${path}/source/content/${at}`));
      return [...textParts(title), ...about, ...textParts(from.content), ...said];
    }
    default: {
      const media = readMedia(from, 'application/pdf', `${path}/source`);
      return [...about, typeof title === 'string' && title !== '' ? { ...media, name: title } : media];
    }
  }
}

const resultFields = knowing({
  carried: ['type', 'tool_use_id', 'is_error', 'content'],
  hints: ['cache_control'],
  refused: { toolset_name: '' },
});

function readResult(block: JsonObject, path: string, called: ReadonlyMap<string, string>): ToolResultPart {
  resultFields(block, path);
  const { tool_use_id: id, is_error: failed, content } = block;
  return {
    kind: 'tool-result',
    callId: id as string,
    name: called.get(id as string),
    parts: Array.isArray(content)
      ? objects(content).flatMap((inner, at) => readSaid(inner, `${path}/content/${at}`))
      : textParts(content),
    failed: failed === true,
  };
}

const useFields = knowing({
  carried: ['type', 'id', 'name', 'input'],
  hints: ['cache_control', 'caller'],
  refused: { toolset_name: '' },
});

/** Reasoning that only its maker can read is not carried. */
function readAssistant(content: Json | undefined, path: string): AnswerPart[] {
  if (!Array.isArray(content)) return textParts(content);
  return objects(content).flatMap((block, at): AnswerPart[] => {
    const where = `${path}/${at}`;
    switch (block.type) {
      case 'text':
        textFields(block, where);
        return textParts(block.text);
      case 'thinking':
        return [readThinking(block)];
      case 'redacted_thinking':
        return [];
      case 'tool_use':
        useFields(block, where);
        return [readUse(block)];
      default:
        return untranslatable(`${where}/type`);
    }
  });
}

function readThinking({ thinking, signature }: JsonObject): AnswerPart {
  const signed = typeof signature === 'string' && signature !== '';
  return { kind: 'reasoning', text: thinking as string, ...(signed && { signature }) };
}

export const readUse = ({ id, name, input }: JsonObject): Extract<AnswerPart, { kind: 'tool-call' }> => ({
  kind: 'tool-call',
  id: id as string,
  name: name as string,
  arguments: JSON.stringify(isObject(input) ? input : {}),
});
