import { CONCEPTS, type Concept } from './concepts.ts';
import { DENSE, type Features } from './features.ts';
import { TOKEN, type Tokens } from './tokens.ts';

/** A sentence that says nothing else is this short; a letter of an unspaced script is half a word. */
const ALONE = 9;
/** It is set aside within so many words. */
const BEGINNING = 9;
/** Dense features of a segment that say that it is not meant so: it asks, it stands in a quotation, it has one. */
const NOT_MEANT: readonly number[] = [10, 20, 21];

const bit = (concept: Concept): number => CONCEPTS.indexOf(concept) + 1;
const OVERRIDE = bit('OVERRIDE');
const PRIOR = bit('PRIOR');
const INSTRUCTION = bit('INSTRUCTION');
/** “my instructions” are the speaker's own; “do not ignore” asks for the opposite. */
const SPOILS: readonly number[] = [bit('ME'), bit('NEGATION')];

/** A sentence that sets earlier instructions aside: what it says besides makes it less sure. */
export interface PlainOverride {
  readonly segment: number;
  /** It says nothing else. */
  readonly alone: boolean;
}

/**
 * The plainest attack there is: a sentence that begins by setting earlier instructions aside, in any language of the
 * lexicon. Because so many innocent texts quote it, the model alone is less sure of it than of others.
 */
export function plainOverride(tokens: Tokens, features: Features): PlainOverride | undefined {
  let found: PlainOverride | undefined;
  for (let segment = 0; segment < features.segments; segment++) {
    if (NOT_MEANT.some((feature) => features.dense[segment * DENSE + feature] === 1)) continue;
    const words = overrideIn(
      tokens,
      tokens.segment[segment] as number,
      tokens.segment[segment + 1] as number,
    );
    if (words === undefined) continue;
    if (words <= ALONE) return { segment, alone: true };
    found ??= { segment, alone: false };
  }
  return found;
}

/** Words of the sentence, where its first ones set instructions aside. */
function overrideIn({ kind, meaning }: Tokens, from: number, to: number): number | undefined {
  let words = 0;
  let seen = 0;
  for (let t = from; t < to; t++) {
    if (kind[t] === TOKEN.punctuation) continue;
    words += kind[t] === TOKEN.ideograph ? 0.5 : 1;
    if (seen === ALL) continue;
    if (words > BEGINNING) return undefined;
    for (let rest = meaning[t] as number; rest !== 0; rest >>>= 8) {
      const one = rest & 255;
      if (SPOILS.includes(one)) return undefined;
      if (one === OVERRIDE) seen |= 1;
      else if (one === PRIOR) seen |= 2;
      else if (one === INSTRUCTION) seen |= 4;
    }
  }
  return seen === ALL ? words : undefined;
}

const ALL = 7;
