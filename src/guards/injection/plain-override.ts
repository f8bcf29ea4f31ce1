import { CONCEPTS, type Concept } from './concepts.ts';
import { DENSE, type Features } from './features.ts';
import { TOKEN, type Tokens } from './tokens.ts';

/** A sentence that says nothing else is this short; a letter of an unspaced script is half a word. */
const WORDS = 9;
/** Dense features of a segment that say that it is not meant so: it asks, it stands in a quotation, it has one. */
const NOT_MEANT: readonly number[] = [10, 20, 21];

const bit = (concept: Concept): number => CONCEPTS.indexOf(concept) + 1;
const OVERRIDE = bit('OVERRIDE');
const PRIOR = bit('PRIOR');
const INSTRUCTION = bit('INSTRUCTION');
/** “my instructions” are the speaker's own; “do not ignore” asks for the opposite. */
const SPOILS: readonly number[] = [bit('ME'), bit('NEGATION')];

/**
 * The plainest attack there is: a sentence that sets earlier instructions aside and says nothing else, in any language
 * of the lexicon. Because so many innocent texts quote it, the model alone is less sure of it than of others.
 * @returns the segment; −1 where there is none
 */
export function plainOverride(tokens: Tokens, features: Features): number {
  for (let s = 0; s < features.segments; s++) {
    if (NOT_MEANT.some((feature) => features.dense[s * DENSE + feature] === 1)) continue;
    if (isOverride(tokens, tokens.segment[s] as number, tokens.segment[s + 1] as number)) return s;
  }
  return -1;
}

function isOverride({ kind, meaning }: Tokens, from: number, to: number): boolean {
  let words = 0;
  let seen = 0;
  for (let t = from; t < to; t++) {
    if (kind[t] === TOKEN.punctuation) continue;
    words += kind[t] === TOKEN.ideograph ? 0.5 : 1;
    if (words > WORDS) return false;
    for (let rest = meaning[t] as number; rest !== 0; rest >>>= 8) {
      const one = rest & 255;
      if (SPOILS.includes(one)) return false;
      if (one === OVERRIDE) seen |= 1;
      else if (one === PRIOR) seen |= 2;
      else if (one === INSTRUCTION) seen |= 4;
    }
  }
  return seen === 7;
}
