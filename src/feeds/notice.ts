import { createHash } from 'node:crypto';
import type { Entry } from '../audit/entry.ts';
import { type Hash, treeHash } from '../audit/merkle.ts';
import { clipped } from './clean.ts';
import { FACTS, type Facts } from './facts.ts';
import { saysOf } from './kinds.ts';
import { isLevel, type Level } from './level.ts';

/** What a feed says of an entry of the ledger: what kind of thing, how much it matters, and facts of a closed list. */
export interface Notice {
  /** The entry's number, and its leaf hash: with both anybody can have it proved (`gatehouse audit prove inclusion`). */
  readonly seq: number;
  readonly leaf: Hash;
  /** UTC, `2026-01-31T12:00:00.000Z`. */
  readonly time: string;
  readonly kind: string;
  readonly level: Level;
  readonly title: string;
  /** It is for people who have to know now. */
  readonly alert: boolean;
  /** Notices of one and the same trouble have the same. */
  readonly group: string;
  /** The trouble is over. */
  readonly over: boolean;
  readonly facts: Facts;
}

const tree = treeHash((bytes) => createHash('sha256').update(bytes).digest());

/**
 * Only facts of the closed list leave, each only in the form that it has: nothing of an entry that is not named there, and no
 * sentence of anybody's.
 */
export function noticeOf({ seq, time, kind, fields }: Entry): Notice {
  const says = saysOf(kind);
  const facts: Record<string, string | number> = {};
  for (const [name, read] of Object.entries(FACTS)) {
    const fact = read(fields, kind);
    if (fact !== undefined) facts[name] = fact;
  }
  const { over } = says;
  const ended = over?.values.includes(String(over.fact === 'kind' ? kind : facts[over.fact])) === true;
  const about = (says.about ?? []).flatMap((name) => facts[name] ?? []);
  const family = kind.split('.', 1)[0] ?? kind;
  return {
    seq,
    // One value has one spelling (see `parseEntry`): this is the line that was hashed.
    leaf: tree.leaf(new TextEncoder().encode(JSON.stringify(fields))),
    time,
    kind,
    level: ended ? 'informational' : levelOf(says.level, facts),
    title: says.title,
    alert: says.alert,
    group: about.length === 0 ? `${family}:${seq}` : [family, ...about].join(':'),
    over: ended,
    facts,
  };
}

/** As the entry says; else, what guards stopped and a budget that is spent matter more. */
function levelOf(level: Level, { severity, outcome, percent }: Facts): Level {
  if (isLevel(severity)) return severity;
  if (outcome === 'blocked' || outcome === 'cut') return 'medium';
  if (outcome === 'failed') return 'low';
  return typeof percent === 'number' && percent >= 100 ? 'high' : level;
}

/** Characters of held text that leave at most: receivers cut or refuse long lines. */
const LONGEST = 1000;

/** With held text beside its facts, where a policy lets it. Formats take it for a fact: text from outside, on one line. */
export const withText = (notice: Notice, text: string): Notice => ({
  ...notice,
  facts: { ...notice.facts, text: clipped(text, LONGEST) },
});

/**
 * It stays the same however often a notice is sent, so that receivers can drop what they have already; and is another for every
 * entry of every ledger, those of one that was put back to an older state included. Letters, digits and `-`.
 */
export const idOf = ({ seq, leaf }: Pick<Notice, 'seq' | 'leaf'>): string =>
  `gatehouse-${seq}-${Buffer.from(leaf, 'base64').toString('hex', 0, 6)}`;

/** One line for people. */
export function headline({ title, facts }: Notice): string {
  const named = [
    'rule',
    'incident',
    'review',
    'caller',
    'model',
    'target',
    'budget',
    'feed',
    'state',
    'code',
  ] as const;
  const details = named.flatMap((name) => (facts[name] === undefined ? [] : `${name} ${facts[name]}`));
  return details.length === 0 ? title : `${title}: ${details.join(', ')}`;
}
