import { isObject, type Json } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { type Inspected, inspect } from './inspector.ts';
import type { Post } from './posts.ts';
import { idIn, type Question, readQuestion } from './question.ts';

/** What is said of one of several questions: an answer, or why there is none. */
export type Answer =
  | ({ readonly id: Json } & Inspected)
  | { readonly id: Json; readonly error: { readonly code: string; readonly message: string } };

/** What holds for questions that do not say otherwise. */
export interface Defaults {
  readonly tasks?: Question['tasks'];
  readonly role?: Question['role'] | undefined;
}

/** How guards are asked: {@link inspect}, or as a server does. */
export type Ask = (posts: readonly Post[], question: Question) => Inspected | Promise<Inspected>;

/**
 * Answers one of several questions. Throws a Problem where a guard cannot be built; whatever else is wrong is said in
 * the answer's place.
 * @param number counts from one, and is the id of a question without any
 */
export function answer(
  posts: readonly Post[],
  value: Json,
  number: number,
  defaults: Defaults = {},
  ask: Ask = inspect,
): Answer | Promise<Answer> {
  let id: Json = idIn(value);
  try {
    if (!isObject(value)) throw new Refusal('request_invalid', { hint: 'It must be a JSON object.' });
    const question = readQuestion(value);
    id = question.id ?? number;
    const said = ask(posts, { ...question, ...defaultsFor(value, defaults) });
    if (!(said instanceof Promise)) return { id, ...said };
    return said.then(
      (one) => ({ id, ...one }),
      (error: unknown) => unanswered(id, error),
    );
  } catch (error) {
    return unanswered(id, error);
  }
}

/** The answer to what cannot be answered. Throws what is no refusal. */
export function unanswered(id: Json, error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error;
  const { code, message, hint } = error;
  // One of several is no body, and has words of its own.
  return { id, error: { code, message: hint ?? message } };
}

const defaultsFor = ({ task, role }: { [key: string]: Json }, defaults: Defaults): Partial<Question> => ({
  ...(task === undefined && defaults.tasks !== undefined && { tasks: defaults.tasks }),
  ...(role === undefined && defaults.role !== undefined && { role: defaults.role }),
});
