import { joined } from '../../text/joined.ts';
import type { About } from '../guard.ts';

/** Turns that are read together, and UTF-16 units of them: what a long conversation costs stays bounded. */
const TURNS = 8;
const UNITS = 4000;
/** Conversations that show nothing near a finding are not read again as a whole. */
const SUSPICIOUS = -2;

interface Turn {
  readonly path: string;
  readonly text: string;
  /** Log-odds above the line, of an attack or a harmful wish, whichever is more. */
  readonly margin: number;
}

/**
 * What a user has said so far in one request. An attack may come in small steps (Crescendo: Russinovich et al. 2024),
 * or be spread over messages so that none of them says it.
 */
export class Conversations {
  readonly #turns = new WeakMap<object, Turn[]>();

  /**
   * Notes a turn.
   * @returns the turns before and this one as one text; undefined where there is none before, or nothing to be wary of
   */
  with({ exchange, path, provenance, direction }: About, text: string, margin: number): string | undefined {
    if (exchange === undefined || provenance !== 'user' || direction !== 'prompt') return undefined;
    let turns = this.#turns.get(exchange);
    if (turns === undefined) {
      turns = [];
      this.#turns.set(exchange, turns);
    }
    // Parts that are joined are read again under the path of the first.
    const known = turns.findIndex((turn) => turn.path === path);
    if (known >= 0) turns.splice(known, 1);
    const before = turns.slice(-TURNS + 1);
    turns.push({ path, text: text.slice(-UNITS), margin });
    if (turns.length > TURNS) turns.shift();
    if (before.length === 0 || Math.max(margin, ...before.map((turn) => turn.margin)) < SUSPICIOUS)
      return undefined;
    const own = text.slice(-UNITS);
    const earlier = before.map((turn) => turn.text);
    const all = joined([...earlier, own], '\n').text;
    return all.slice(-2 * UNITS);
  }
}
