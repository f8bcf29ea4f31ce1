import { setImmediate } from 'node:timers/promises';
import { Refusal } from '../base/refusal.ts';
import { type Inspected, isAsked, type Opinion, opinionOf, together } from './inspector.ts';
import type { Post } from './posts.ts';
import type { Question } from './question.ts';

/** A shorter text is read by all guards in a few milliseconds: nobody waits for that. UTF-16 units. */
const SHORT = 16_384;

/** Milliseconds, never going back. */
type Tick = () => number;

/**
 * As `inspect`, for a server: one guard after the other, with others served between them, each within its budget as on
 * the way of a prompt. One that overstays has not decided: `guard_failed`, and no further guard is asked.
 */
export const inspectInTurns = async (
  posts: readonly Post[],
  question: Question,
  tick: Tick,
): Promise<Inspected> => together(await weighInTurns(posts, question, tick));

/** The same, guard by guard. */
export async function weighInTurns(
  posts: readonly Post[],
  question: Question,
  tick: Tick,
): Promise<Opinion[]> {
  const exchange = {};
  const opinions: Opinion[] = [];
  for (const post of posts.filter(isAsked(posts, question))) {
    if (opinions.length > 0 && question.text.length > SHORT) await setImmediate();
    // What it costs to build a guard is not the text's.
    post.guard();
    const before = tick();
    const given = opinionOf(post, question, exchange);
    const opinion = given instanceof Promise ? await inTime(post, given) : given;
    if (tick() - before > post.budget) throw late(post);
    opinions.push(opinion);
  }
  return opinions;
}

async function inTime(post: Post, given: Promise<Opinion>): Promise<Opinion> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(post)), post.budget);
  });
  try {
    return await Promise.race([given, over]);
  } finally {
    clearTimeout(timer);
  }
}

const late = ({ name, budget }: Post): Refusal =>
  new Refusal('guard_failed', {
    hint: `Guard: ${name}. It took longer than its budget of ${budget} ms; send the text in parts.`,
  });
