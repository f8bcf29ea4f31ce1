import { isObject, isRawNumber, type Json, type JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { Provenance } from '../exchange/part.ts';

/** What a text can be looked through for. */
export const TASKS = ['injection', 'pii', 'secret'] as const;
export type Task = (typeof TASKS)[number];

/** Who says it, as people call them, and what that is inside. */
const PROVENANCE = {
  user: 'user',
  system: 'system',
  assistant: 'assistant',
  tool: 'tool-result',
  document: 'document',
  'tool-definition': 'tool-definition',
} as const satisfies Readonly<Record<string, Provenance>>;

export type Role = keyof typeof PROVENANCE;
export const ROLES = Object.keys(PROVENANCE) as readonly Role[];
export const provenanceOf = (role: Role): Provenance => PROVENANCE[role];

/** Longest text, in UTF-16 code units. Guards keep a few numbers for each, so this bounds their memory. */
export const MAX_TEXT = 4 * 1024 * 1024;

/** One text, and what is to be said of it. */
export interface Question {
  readonly text: string;
  readonly role: Role;
  /** Undefined: everything that any guard looks for. */
  readonly tasks: readonly Task[] | undefined;
}

/** A question with the name that its answer is to bear: as it was given, a number with the digits that it had. */
export interface NamedQuestion extends Question {
  readonly id: Json | undefined;
}

/** `{"id"?, "text", "role"?, "task"?}`. Other members say nothing here: rows of a data set can come as they are. */
export function readQuestion(value: JsonObject, path = ''): NamedQuestion {
  const { id, text, role, task } = value;
  const refuse = (field: string, hint: string) =>
    new Refusal('request_invalid', { field: `${path}/${field}`, hint });
  if (!isId(id)) throw refuse('id', '“id” must be a text or a number.');
  if (typeof text !== 'string') throw refuse('text', '“text” must be a text.');
  if (text.length > MAX_TEXT) {
    throw new Refusal('body_too_large', {
      field: `${path}/text`,
      hint: `A text may have ${MAX_TEXT.toLocaleString('en')} UTF-16 units at the most; send it in parts.`,
    });
  }
  if (!isRole(role)) throw refuse('role', `“role” must be one of ${ROLES.join(', ')}.`);
  const tasks = tasksIn(task);
  if (tasks === null) throw refuse('task', `“task” must be one of ${TASKS.join(', ')}, or a list of them.`);
  return { id: id ?? undefined, text, role: role ?? 'user', tasks };
}

/** The id of something that may be no question at all. */
export const idIn = (value: Json): Json => (isObject(value) && isId(value.id) ? (value.id ?? null) : null);

/** A number that has more digits than a double stands as its own source (`JSON.rawJSON`). */
const isId = (id: Json | undefined): boolean =>
  id === undefined || id === null || typeof id === 'string' || typeof id === 'number' || isRawNumber(id);

const isRole = (role: Json | undefined): role is Role | undefined =>
  role === undefined || (typeof role === 'string' && Object.hasOwn(PROVENANCE, role));

/** Null where it names none. */
function tasksIn(task: Json | undefined): readonly Task[] | undefined | null {
  if (task === undefined) return undefined;
  const list = Array.isArray(task) ? task : [task];
  if (list.length === 0) return null;
  const known = TASKS.filter((one) => list.includes(one));
  return list.every((one) => known.some((task) => task === one)) ? known : null;
}
