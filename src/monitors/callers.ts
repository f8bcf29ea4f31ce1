import type { Calibration } from './calibration.ts';
import type { Frame } from './frame.ts';
import { Panel } from './panel.ts';
import { Ranked } from './ranked.ts';
import { restore, saved } from './saved.ts';
import type { Secret } from './secret.ts';
import { Standing } from './standing.ts';

/** What is kept of a caller that has been quiet. */
interface Residue {
  readonly bytes: Uint8Array;
  readonly strength: number;
  readonly alarmed: boolean;
}

/** A caller as it is saved: `full`, or only the evidence. */
export interface Kept {
  readonly caller: string;
  readonly kind: 'quiet' | 'full';
  readonly bytes: Uint8Array;
}

/**
 * The panels of callers, the latest in full. Of those that have been quiet longest only the evidence is kept, about a kilobyte;
 * and when that is too much, the least suspicious is forgotten first, so that a flood of fresh accounts does not wash out a
 * record.
 */
export class Callers {
  readonly #panels = new Map<string, Panel>();
  readonly #residues = new Ranked<Residue>();
  readonly #most: number;
  readonly #mostQuiet: number;
  readonly #calibration: Calibration;
  readonly #start: (caller: string) => Panel;

  constructor(
    calibration: Calibration,
    frame: Frame,
    secret: Secret,
    bounds: { readonly callers: number; readonly quiet: number },
  ) {
    this.#calibration = calibration;
    const tagOf = secret.digester('callers');
    this.#start = (caller) => new Panel(calibration, frame, secret, tagOf(caller));
    this.#most = bounds.callers;
    this.#mostQuiet = bounds.quiet;
  }

  /** The panel of a caller, who is now the latest. */
  of(caller: string): Panel {
    const panel = this.#panels.get(caller) ?? this.#start(caller);
    const residue = this.#residues.get(caller);
    if (residue !== undefined) restore(panel.standing.memory, residue.bytes);
    this.#residues.delete(caller);
    this.#panels.delete(caller);
    this.#panels.set(caller, panel);
    this.#shrink();
    return panel;
  }

  /** How a caller stands, and the bytes that are kept of it. Only to look at: nobody becomes the latest by it. */
  peek(caller: string): { readonly standing: Standing; readonly bytes: number } | undefined {
    const panel = this.#panels.get(caller);
    if (panel !== undefined) return panel;
    const residue = this.#residues.get(caller);
    if (residue === undefined) return undefined;
    const standing = new Standing(this.#calibration);
    restore(standing.memory, residue.bytes);
    return { standing, bytes: residue.bytes.length };
  }

  /** Forgets the evidence against a caller. */
  clear(caller: string): void {
    const standing = this.peek(caller)?.standing;
    standing?.clear();
    if (standing !== undefined && this.#residues.has(caller)) this.#residues.set(caller, residueOf(standing));
  }

  /** Those about whom an alarm was raised that nobody has cleared. */
  alarmed(): string[] {
    return [
      ...[...this.#residues].flatMap(([caller, { alarmed }]) => (alarmed ? [caller] : [])),
      ...[...this.#panels].flatMap(([caller, panel]) => (panel.standing.alarmed.length > 0 ? [caller] : [])),
    ];
  }

  #shrink(): void {
    for (const [caller, panel] of this.#panels) {
      if (this.#panels.size <= this.#most) break;
      this.#panels.delete(caller);
      this.#residues.set(caller, residueOf(panel.standing));
    }
    this.#residues.shrink(this.#mostQuiet);
  }

  /** What is kept; of those in full, the one that has been quiet longest first. */
  *entries(): Generator<Kept> {
    for (const [caller, { bytes }] of this.#residues) yield { caller, kind: 'quiet', bytes };
    for (const [caller, panel] of this.#panels) yield { caller, kind: 'full', bytes: saved(panel.memory) };
  }

  /**
   * Takes back what {@link entries} gave; of one in full only the evidence where `rows` is false, since the rows that it knows were
   * read by another calibration. Throws RangeError for bytes of another size.
   */
  put({ caller, kind, bytes }: Kept, rows: boolean): void {
    const panel = this.#start(caller);
    const { standing } = panel;
    const size = standing.memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (kind === 'full' && rows) restore(panel.memory, bytes);
    else restore(standing.memory, kind === 'full' ? bytes.subarray(0, size) : bytes);
    if (kind === 'full') this.#panels.set(caller, panel);
    else this.#residues.set(caller, residueOf(standing));
    this.#shrink();
  }
}

const residueOf = (standing: Standing): Residue => ({
  bytes: saved(standing.memory),
  strength: standing.strength,
  alarmed: standing.alarmed.length > 0,
});
