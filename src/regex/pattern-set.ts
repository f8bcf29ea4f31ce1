import { Problem } from '../base/problem.ts';
import { Automaton } from './automaton.ts';
import { Ends } from './ends.ts';
import { PatternError, parse } from './parse.ts';
import { MAX_INSTRUCTIONS, ProgramBuilder, ProgramTooLarge } from './program.ts';
import { type Match, Scanner } from './scanner.ts';
import { maxLength } from './syntax.ts';

export interface PatternSource {
  /** For error messages. */
  readonly id: string;
  readonly source: string;
  /** Any of `i` (ignore case), `m` (`^` and `$` at lines), `s` (`.` takes line ends too). */
  readonly flags?: string;
  /** What is looked for stands behind its match: the match itself need not be held back. */
  readonly isLead?: boolean;
}

export interface Pattern extends PatternSource {
  /** Length of the longest match in UTF-16 code units; Infinity where there is no bound. */
  readonly maxLength: number;
}

/**
 * Patterns in one automaton, matched in one pass over a text, in time linear in its length. Each pattern is matched
 * on its own, as if it were alone: leftmost, then longest, not overlapping itself, never empty. Matches of different
 * patterns may overlap.
 */
export class PatternSet {
  readonly patterns: readonly Pattern[];
  readonly #automaton: Automaton;

  private constructor(patterns: readonly Pattern[], automaton: Automaton) {
    this.patterns = patterns;
    this.#automaton = automaton;
  }

  /** Throws `Problem('usage')` that names the pattern and the place in it. */
  static compile(sources: readonly PatternSource[], memory?: number): PatternSet {
    const builder = new ProgramBuilder();
    const patterns = sources.map((pattern) => {
      try {
        const node = parse(pattern.source, pattern.flags);
        const longest = maxLength(node);
        if (longest === 0) throw new PatternError(0, 'matches nothing but the empty text');
        builder.add(node, pattern.isLead);
        return { ...pattern, maxLength: longest };
      } catch (cause) {
        throw problemOf(pattern, cause);
      }
    });
    return new PatternSet(patterns, new Automaton(builder.finish(), memory));
  }

  /** A reader for one text. */
  scanner(): Scanner {
    return new Scanner(this.#automaton);
  }

  /** A reader for one text that tells of all ends of patterns that begin with `^`. */
  ends(): Ends {
    return new Ends(this.#automaton);
  }

  /** All matches in a whole text, by start. */
  scan(text: string): readonly Match[] {
    const scanner = this.scanner();
    return [...scanner.push(text).matches, ...scanner.end().matches];
  }

  /** Instructions visited so far over all texts, besides one look into a table per character. */
  get work(): number {
    return this.#automaton.work;
  }
}

function problemOf({ id }: PatternSource, cause: unknown): unknown {
  if (cause instanceof PatternError) {
    return new Problem(
      'usage',
      `Pattern "${id}", character ${cause.position + 1}: ${cause.message}.`,
      undefined,
      cause,
    );
  }
  if (cause instanceof ProgramTooLarge) {
    const message = `Pattern "${id}" is too large: written out, the set has more than ${MAX_INSTRUCTIONS} steps.`;
    return new Problem(
      'usage',
      message,
      'Lower the numbers in {n,m} quantifiers, or look for fewer words.',
      cause,
    );
  }
  return cause;
}
