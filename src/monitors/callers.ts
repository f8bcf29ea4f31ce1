import type { Calibration } from './calibration.ts';
import type { Frame } from './frame.ts';
import { Panel } from './panel.ts';
import { restore, saved } from './saved.ts';
import type { Secret } from './secret.ts';

/** Of the quiet callers that are looked at when one is to be forgotten for good. */
const LOOKED_AT = 16;

/**
 * The panels of callers, the latest in full. Of those that have been quiet longest only the evidence is kept, about a kilobyte;
 * and when that is too much, the least suspicious is forgotten first, so that a flood of fresh accounts does not wash out a
 * record.
 */
export class Callers {
  readonly #panels = new Map<string, Panel>();
  readonly #residues = new Map<string, { readonly bytes: Uint8Array; readonly strength: number }>();
  readonly #most: number;
  readonly #mostQuiet: number;
  readonly #start: () => Panel;

  constructor(
    calibration: Calibration,
    frame: Frame,
    secret: Secret,
    bounds: { readonly callers: number; readonly quiet: number },
  ) {
    this.#start = () => new Panel(calibration, frame, secret);
    this.#most = bounds.callers;
    this.#mostQuiet = bounds.quiet;
  }

  get size(): number {
    return this.#panels.size;
  }

  /** The panel of a caller, who is now the latest. */
  of(caller: string): Panel {
    let panel = this.#panels.get(caller);
    if (panel === undefined) {
      panel = this.#start();
      const residue = this.#residues.get(caller);
      if (residue !== undefined) restore(panel.residue, residue.bytes);
      this.#residues.delete(caller);
    }
    this.#panels.delete(caller);
    this.#panels.set(caller, panel);
    this.#shrink();
    return panel;
  }

  /** Without making a caller the latest, nor one that is unknown. */
  peek(caller: string): Panel | undefined {
    return this.#panels.has(caller) || this.#residues.has(caller) ? this.of(caller) : undefined;
  }

  #shrink(): void {
    for (const [caller, panel] of this.#panels) {
      if (this.#panels.size <= this.#most) break;
      this.#panels.delete(caller);
      this.#residues.set(caller, { bytes: saved(panel.residue), strength: panel.suspicion.strength });
    }
    while (this.#residues.size > this.#mostQuiet) {
      let [least, strength] = ['', Number.POSITIVE_INFINITY];
      let looked = 0;
      for (const [caller, residue] of this.#residues) {
        if (residue.strength < strength) [least, strength] = [caller, residue.strength];
        if (++looked >= LOOKED_AT) break;
      }
      this.#residues.delete(least);
    }
  }

  /** What is kept, the one that has been quiet longest first. */
  *entries(): Generator<{ caller: string; kind: 'quiet' | 'full'; bytes: Uint8Array; strength: number }> {
    for (const [caller, residue] of this.#residues) yield { caller, kind: 'quiet', ...residue };
    for (const [caller, panel] of this.#panels)
      yield { caller, kind: 'full', bytes: saved(panel.memory), strength: panel.suspicion.strength };
  }

  /** Takes back what {@link entries} gave. Throws RangeError for bytes of another size. */
  put({ caller, kind, bytes }: { caller: string; kind: 'quiet' | 'full'; bytes: Uint8Array }): void {
    const panel = this.#start();
    restore(kind === 'full' ? panel.memory : panel.residue, bytes);
    if (kind === 'full') this.#panels.set(caller, panel);
    else this.#residues.set(caller, { bytes: bytes.slice(), strength: panel.suspicion.strength });
    this.#shrink();
  }
}
