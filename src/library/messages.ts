import type { Role } from '../inspection/question.ts';

/** A message as chat APIs have it. */
export interface Message {
  /** `user`, `system`, `developer`, `assistant`, `tool`, `document`…; one that is not known is read as data. */
  readonly role: string;
  readonly content: string | readonly object[] | null | undefined;
  /** Calls of tools, where the API has them beside the content (OpenAI's). */
  readonly tool_calls?: readonly object[] | null | undefined;
  readonly function_call?: object | null | undefined;
}

/** A text of a message: parts that stand together are read together. */
export interface Piece {
  readonly role: Role;
  readonly text: string;
}

const ROLE_OF: ReadonlyMap<string, Role> = new Map([
  ['user', 'user'],
  ['human', 'user'],
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

const MEDIA = /image|audio|video|file|media/;
/** Parts of a message that are not of whoever sends it. */
const FROM_TOOL = /^(?:tool|function)[-_]?(?:call_)?result/i;

/** Nor what it shows the model: a page, a file that was searched. */
const FROM_DOCUMENT = /^(?:document|search_result|resource)/i;

/** What can be read of a message, and how many parts of it cannot. Data may give no orders, so what is not known is data. */
export function piecesOf(message: Message): { readonly pieces: Piece[]; readonly unread: number } {
  const { role, content, tool_calls, function_call } = message;
  const speaker = ROLE_OF.get(role) ?? 'document';
  const calls = [...(tool_calls ?? []), ...(function_call ? [function_call] : [])];
  const said = calls.map((call) => ({ role: speaker, text: textOf(call) }));
  if (content === null || content === undefined) return { pieces: said, unread: 0 };
  if (typeof content === 'string') return { pieces: [{ role: speaker, text: content }, ...said], unread: 0 };
  const pieces: Piece[] = [];
  let unread = 0;
  for (const part of content) {
    const type = 'type' in part && typeof part.type === 'string' ? part.type : '';
    const from = FROM_TOOL.test(type) ? 'tool' : FROM_DOCUMENT.test(type) ? 'document' : speaker;
    const last = pieces.at(-1);
    if (MEDIA.test(type)) unread += 1;
    else if (last?.role === from) pieces.splice(-1, 1, { role: from, text: `${last.text}\n${textOf(part)}` });
    else pieces.push({ role: from, text: textOf(part) });
  }
  return { pieces: [...pieces, ...said], unread };
}

/** What has no text of its own (the call of a tool, its result) is read as it is written. */
const textOf = (part: object): string =>
  'text' in part && typeof part.text === 'string' ? part.text : JSON.stringify(part);
