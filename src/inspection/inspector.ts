import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { bySpan } from '../base/spans.ts';
import { TECHNIQUES, type Technique } from '../exchange/technique.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { About, Found, Guard, Reading, Weighed } from '../guards/guard.ts';
import { secretSpan, secretType } from '../guards/secrets/index.ts';
import type { Post } from './posts.ts';
import { provenanceOf, type Question, type Task } from './question.ts';

/** What a guard found, and what is known of such things. Never any text. */
export interface Finding {
  readonly guard: string;
  /** Undefined for what only the policy knows. */
  readonly task?: Task;
  /** Stable id, `secrets.github_token`. */
  readonly reason: string;
  /** `EMAIL_ADDRESS`, `AWS_ACCESS_KEY`; of an injection its technique. */
  readonly type: string;
  /** Half-open, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** What becomes of it on the gateway's path, where a policy was asked. */
  readonly action?: GuardAction;
  readonly score?: number;
  readonly tier?: 1 | 2 | 3;
  readonly technique?: Technique;
  /** OWASP Top 10 for LLM Applications, 2025. */
  readonly owasp?: string;
  /** MITRE ATLAS. */
  readonly atlas?: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** What is said of one text. */
export interface Inspected {
  /** 0..1: the greatest of the guards that were asked. */
  readonly score: number;
  /** Something was found, at the thresholds that are set. */
  readonly flagged: boolean;
  /** By start; the same stretch and type once. */
  readonly spans: readonly Span[];
  readonly findings: readonly Finding[];
}

/** One guard's view of one text. */
export interface Opinion extends Weighed {
  readonly post: Post;
  readonly findings: readonly Finding[];
  /** Where they are, as data sets have it: all of an address, though only its password is masked. */
  readonly spans: readonly Span[];
}

/**
 * Asks every guard that the question is for. A promise only where a guard takes its time.
 * Throws `unsupported` where no guard looks for what was asked, `guard_failed` where one cannot decide, and a Problem
 * where a guard cannot be built.
 * @param exchange one object for all texts of a conversation, which come in order
 */
export function inspect(
  posts: readonly Post[],
  question: Question,
  exchange: object = {},
): Inspected | Promise<Inspected> {
  const opinions = opinionsOf(posts, question, exchange);
  const isLate = opinions.some((opinion) => opinion instanceof Promise);
  return isLate ? Promise.all(opinions).then(together) : together(opinions as Opinion[]);
}

/** The same, guard by guard. */
export async function weigh(posts: readonly Post[], question: Question): Promise<Opinion[]> {
  return Promise.all(opinionsOf(posts, question, {}));
}

function opinionsOf(posts: readonly Post[], question: Question, exchange: object) {
  const opinions: (Opinion | Promise<Opinion>)[] = [];
  for (const post of posts.filter(isAsked(posts, question))) {
    const opinion = opinionOf(post, question, exchange);
    // Where the next one throws at once, nobody waits for this one: its failure must not end the process.
    if (opinion instanceof Promise) opinion.catch(() => {});
    opinions.push(opinion);
  }
  return opinions;
}

/** Which guards a question is for. Throws `unsupported` where there is none for a task of it. */
export function isAsked(
  posts: readonly Post[],
  { role, tasks }: Omit<Question, 'text'>,
): (post: Post) => boolean {
  const missing = tasks?.find((task) => !posts.some((post) => post.task === task));
  if (missing !== undefined) {
    throw new Refusal('unsupported', { field: '/task', hint: `No guard here looks for “${missing}”.` });
  }
  const provenance = provenanceOf(role);
  return (post) =>
    (tasks === undefined || tasks.some((task) => task === post.task)) &&
    post.reads(directionOf(role), provenance);
}

const directionOf = (role: Question['role']): About['direction'] =>
  role === 'assistant' ? 'reply' : 'prompt';

/** What a guard is told of a text. */
export const aboutOf = (role: Question['role'], streamed: boolean, exchange: object): About => ({
  direction: directionOf(role),
  path: '/text',
  provenance: provenanceOf(role),
  format: 'text',
  streamed,
  exchange,
});

/** What one guard says. Throws, or fails with, `guard_failed` and Problems as {@link inspect} does. */
export function opinionOf(
  post: Post,
  { text, role }: Question,
  exchange: object,
): Opinion | Promise<Opinion> {
  const about = aboutOf(role, false, exchange);
  const conclude = (weighed: Weighed): Opinion => ({
    ...weighed,
    post,
    findings: weighed.found.map((found) => findingOf(post, found, about.direction)),
    spans: weighed.found.map((found) => spanOf(post, found, text)),
  });
  const guard = post.guard();
  try {
    const weighed = guard.weigh?.(text, about) ?? match(guard, text, about);
    return weighed instanceof Promise ? weighed.then(conclude, failed(post)) : conclude(weighed);
  } catch (cause) {
    return failed(post)(cause);
  }
}

/** Where a guard weighs nothing, a text either holds what it looks for or does not. */
function match(guard: Guard, text: string, about: About): Weighed | Promise<Weighed> {
  const reader = guard.open(about);
  const ended = (first: Reading): Weighed | Promise<Weighed> => {
    const last = reader.end();
    return last instanceof Promise ? last.then((more) => matched(first, more)) : matched(first, last);
  };
  const first = reader.push(text);
  return first instanceof Promise ? first.then(ended) : ended(first);
}

function matched(first: Reading, last: Reading): Weighed {
  const found = first.found.length === 0 ? last.found : [...first.found, ...last.found];
  const score = found.reduce((most, one) => Math.max(most, one.score ?? 1), 0);
  return { score, threshold: 0.5, found, parts: {}, why: [] };
}

/** What a guard that throws comes to. */
export const failed =
  (post: Post) =>
  (cause: unknown): never => {
    if (cause instanceof Problem) throw cause;
    throw new Refusal('guard_failed', { hint: `Guard: ${post.name}.`, cause });
  };

/** What all of them come to. */
export function together(opinions: readonly Opinion[]): Inspected {
  const findings = opinions.flatMap((opinion) => opinion.findings).sort(bySpan);
  return {
    score: opinions.reduce((most, { score }) => Math.max(most, score), 0),
    flagged: findings.length > 0,
    spans: once(opinions.flatMap(({ spans }) => spans).sort(bySpan)),
    findings,
  };
}

function once(spans: readonly Span[]): Span[] {
  const seen = new Set<string>();
  return spans.filter(({ start, end, type }) => {
    const key = `${start} ${end} ${type}`;
    return !seen.has(key) && seen.add(key);
  });
}

function spanOf(post: Post, found: Found, text: string): Span {
  const { start, end } = post.kind === 'secrets' ? secretSpan(text, found) : found;
  return { start, end, type: typeOf(post, found) };
}

/** A guard's finding, with what is known of such things. */
export function findingOf(post: Post, found: Found, direction: About['direction']): Finding {
  const { reason, start, end, score, technique, tier } = found;
  const action = post.action && (found.action ?? post.action[direction]);
  const facts = technique && TECHNIQUES[technique];
  return {
    guard: post.name,
    ...(post.task !== undefined && { task: post.task }),
    reason,
    type: typeOf(post, found),
    start,
    end,
    ...(action !== undefined && { action }),
    ...(score !== undefined && { score }),
    ...(tier !== undefined && { tier }),
    ...(technique !== undefined && { technique }),
    ...(facts !== undefined && { owasp: facts.owasp2025, atlas: facts.atlas }),
  };
}

/** Entities by the names that Presidio gives them, techniques by ours. */
function typeOf({ kind }: Post, { reason, technique }: Found): string {
  if (technique !== undefined) return technique;
  if (kind === 'secrets') return secretType(reason);
  const rule = reason.slice(reason.lastIndexOf('.') + 1);
  return kind === 'injection' ? rule : rule.toUpperCase();
}
