import { Problem } from '../base/problem.ts';
import type { Provenance } from '../exchange/part.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { Guard, GuardKind, Horizon } from '../guards/guard.ts';
import { withHorizon } from '../guards/hold.ts';
import type { Means } from '../guards/means.ts';
import type { GuardRule } from '../policy/policy.ts';
import type { Task } from './question.ts';

/** A guard that can be asked, and what it is asked about. */
export interface Post {
  readonly name: string;
  /** Name of its kind. */
  readonly kind: string;
  /** What it looks for; undefined: something of the policy's own. */
  readonly task: Task | undefined;
  /** Whether it reads such a text. */
  reads(direction: 'prompt' | 'reply', provenance: Provenance): boolean;
  /** What becomes of a finding on the gateway's path; undefined where no policy says so. */
  readonly action: { readonly prompt: GuardAction; readonly reply: GuardAction } | undefined;
  /** Milliseconds that a server gives it for one text. */
  readonly budget: number;
  /** Built when it is first asked: weights are some megabytes. Throws a Problem where it cannot be. */
  guard(): Guard;
}

/** Kinds that look for one of the tasks, the one that ships first. */
const KINDS_OF: Readonly<Record<Task, readonly string[]>> = {
  injection: ['injection', 'classifier', 'judge'],
  pii: ['pii'],
  secret: ['secrets'],
};

/** As much as a policy gives that says nothing of it. */
const BUDGET = 500;

export const taskOf = (kind: string): Task | undefined =>
  (Object.keys(KINDS_OF) as Task[]).find((task) => KINDS_OF[task].includes(kind));

interface Parts {
  readonly kinds: readonly GuardKind<unknown>[];
  readonly means: Means;
}

/** One guard for each task, with its settings as they come. */
export const defaultPosts = ({ kinds, means }: Parts): Post[] =>
  kinds.flatMap((kind): Post[] => {
    const task = taskOf(kind.kind);
    if (task === undefined || KINDS_OF[task][0] !== kind.kind) return [];
    const guard = once(() => kind.build(kind.kind, {}, means));
    return [
      { name: kind.kind, kind: kind.kind, task, reads: () => true, action: undefined, budget: BUDGET, guard },
    ];
  });

/** The guards of a policy. */
export const policyPosts = (rules: readonly GuardRule[], { kinds, means }: Parts): Post[] =>
  rules.map((rule) => {
    const kind = kinds.find((candidate) => candidate.kind === rule.use);
    if (kind === undefined) throw new Problem('usage', `there is no guard ${rule.use}`);
    return postOf(
      rule,
      once(() => guardOf(rule, kind, means)),
    );
  });

/**
 * Builds a guard that a policy names, whose schema has checked its settings against this kind's own. The policy may hold
 * text back for longer than the guard needs. Throws a Problem where it cannot be built.
 */
export function guardOf(rule: GuardRule, kind: GuardKind<unknown>, means: Means): Guard {
  const { name, settings, action, window } = rule;
  // A reply that may be held for people is held whole.
  const stream = action.reply === 'review' ? 'whole' : rule.stream;
  const guard = kind.build(name, settings, means);
  if (stream === 'exact') return guard;
  const horizon: Horizon = stream === 'whole' ? { kind: 'whole' } : { kind: 'window', chars: window };
  return {
    name: guard.name,
    // What is there as a whole is read as such: a guard looks closer then, behind encodings too.
    open: (about) =>
      withHorizon(guard.open(stream === 'whole' ? { ...about, streamed: false } : about), horizon),
    ...(guard.imprint !== undefined && { imprint: guard.imprint.bind(guard) }),
    ...(guard.weigh !== undefined && { weigh: guard.weigh.bind(guard) }),
  };
}

/** A guard that a policy names. */
export const postOf = (
  { name, use, on, provenance, action, budget }: GuardRule,
  guard: () => Guard,
): Post => ({
  name,
  kind: use,
  task: taskOf(use),
  reads: (direction, from) => on[direction] && (provenance === undefined || provenance.has(from)),
  action,
  budget,
  guard,
});

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
