import { RANK } from '../../src/guards/secrets/rule.ts';
import { RULES } from '../../src/guards/secrets/rules.ts';
import { ANYWHERE, NAMED, PASSWORDS } from './contexts.ts';
import { NEGATIVES } from './negatives.ts';
import { BASE62, BASE64, DIGITS, HEX, LOWER, Random } from './random.ts';

/** A text with what is secret in it; `kind` is the rule, the type, or the kind of negative. */
export interface Row {
  readonly text: string;
  readonly kind: string;
  /** The span has more in it than the secret. */
  readonly loose?: boolean;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

const WORDS = [
  'Winter',
  'Tiger',
  'Blue',
  'Dragon',
  'correct',
  'Summer',
  'monkey',
  'River',
  'anna',
  'Sesame',
  'hunter',
];
const SIGNS = '!@#$%^&*?+';

const password = (roll: Random): string =>
  roll.pick([
    () =>
      `${roll.pick(WORDS)}${roll.text(DIGITS, 2 + roll.below(4))}${roll.text(SIGNS, 1)}${roll.text(BASE62, roll.below(5))}`,
    () => `${roll.text(BASE62, 9 + roll.below(8))}7`,
    () =>
      `${roll.text(BASE62, 3)}${roll.text(SIGNS, 1)}${roll.text(BASE62, 5)}${roll.text(SIGNS, 1)}${roll.text(DIGITS, 1)}`,
    () => `${roll.text(LOWER, 5)}-${roll.text(DIGITS, 4)}-${roll.text(LOWER, 4)}`,
    () =>
      `${roll.pick(WORDS).replace('e', '3').replace('i', '1')}${roll.text(SIGNS, 1)}${roll.text(DIGITS, 3)}`,
  ])();

const drawn = (roll: Random): string =>
  roll.pick([
    () => roll.text(BASE62, 20 + roll.below(28)),
    () => roll.text(HEX, roll.pick([32, 40, 64])),
    () => `${roll.text(BASE64, 43)}=`,
    () => roll.text(`${BASE62}_-`, 24 + roll.below(20)),
    () => roll.text(LOWER + DIGITS, 24 + roll.below(16)),
  ])();

function placed(context: string, secret: string, kind: string): Row {
  const at = context.indexOf('@');
  const start = at < 0 ? context.length : at;
  const text = context.slice(0, start) + secret + context.slice(start + 1);
  return { text, kind, spans: [{ start, end: start + secret.length, type: kind }] };
}

/** A set of texts: `held` is the part of the contexts, and a seed, that nothing was built on. */
export function generate(seed: number, held: boolean): readonly Row[] {
  const roll = new Random(seed);
  const part = (contexts: readonly string[]) => contexts.filter((_, index) => (index % 3 === 0) === held);
  const rows: Row[] = [];
  for (const { id, rank, catches } of RULES) {
    if (rank === RANK.generic) continue;
    for (const secret of catches) {
      // What has a name before it stands by itself.
      const context = rank === RANK.format && !/\s/.test(secret) ? roll.pick(part(ANYWHERE)) : '@';
      rows.push({ ...placed(context, secret, id), loose: context === '@' });
    }
  }
  for (const context of part(NAMED)) {
    for (let times = 0; times < 8; times++) rows.push(placed(context, drawn(roll), 'GENERIC_SECRET'));
  }
  for (const context of part(PASSWORDS)) {
    for (let times = 0; times < 8; times++) {
      const word = password(roll);
      rows.push(placed(context, word, 'PASSWORD'));
    }
  }
  for (const [kind, make] of Object.entries(NEGATIVES)) {
    for (let times = 0; times < 60; times++) rows.push({ text: make(roll), kind, spans: [] });
  }
  return rows;
}
