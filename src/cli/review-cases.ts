import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { alongPointer } from '../base/pointer.ts';

/** A text with what people made of it, as `npm run eval -- injection --sets` reads them, and other programs. */
export type Case = {
  readonly text: string;
  readonly label: 'attack' | 'benign';
  readonly role: string;
  /** What guards found in it. */
  readonly reasons: string[];
  /** The review. */
  readonly id: string;
};

/**
 * The texts of a decided review in which something was found: each text once, whole, by itself. Of an event stream, and of what was
 * erased or stands no longer where it was found, there is none.
 * @param content the answer of `GET /admin/v1/reviews/:id/content`
 * @param guard findings of this guard only
 */
export function casesOf(content: JsonObject, guard: string | undefined): Case[] {
  const { id, kind, state, media, text, marks } = content;
  if (media !== 'application/json' || typeof text !== 'string' || !Array.isArray(marks)) return [];
  const body: unknown = JSON.parse(text);
  const found = marks.filter(isObject).filter((mark) => guard === undefined || mark.guard === guard);
  return [...Map.groupBy(found, ({ path }) => String(path))].flatMap(([path, all]) => {
    const way = alongPointer(body, path);
    const said = way?.at(-1);
    if (way === undefined || typeof said !== 'string') return [];
    return {
      text: said,
      label: state === 'passed' ? 'benign' : 'attack',
      role: kind === 'reply' ? 'assistant' : roleOf(way, path),
      reasons: [...new Set(all.map(({ reason }) => String(reason)))],
      id: String(id),
    };
  });
}

/** What dialects call it, by what sets do. */
const ROLES: Readonly<Record<string, string>> = {
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
  tool_result: 'tool',
  function_call_output: 'tool',
};

/** Whose text it is: the innermost around it that says so, as a result of a tool is within a message of the user. */
function roleOf(way: readonly unknown[], path: string): string {
  if (/^\/(?:system|instructions|systemInstruction|system_instruction)(?:\/|$)/.test(path)) return 'system';
  if (/^\/(?:tools|functions)\//.test(path)) return 'tool-definition';
  const said = way.findLast((value) => isObject(value as Json) && known(value as JsonObject) !== undefined);
  return (said === undefined ? undefined : known(said as JsonObject)) ?? 'user';
}

function known({ type, role }: JsonObject): string | undefined {
  const word = [type, role].find((one) => typeof one === 'string' && Object.hasOwn(ROLES, one));
  return typeof word === 'string' ? ROLES[word] : undefined;
}
