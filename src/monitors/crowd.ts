import type { Calibration } from './calibration.ts';
import type { Memory } from './monitor.ts';
import type { Piece } from './state.ts';
import { type Hits, type Raised, Suspicion } from './suspicion.ts';
import { type Link, Trail } from './trail.ts';

/** Evidence is cut to so many times what is enough: a crowd is never done with, and what is over is to be forgotten soon. */
const MOST = 10;

/** What is enough for an alarm about a crowd, and whom it names. */
export interface Outcry {
  readonly raised: readonly Raised[];
  readonly named: readonly string[];
  /** The query of the crowd that gave rise to it. */
  readonly query: number;
}

/** The queries of everyone, tested together. */
export class Crowd {
  readonly #suspicion: Suspicion;
  readonly #trail = new Trail();
  readonly #count = new Float64Array(1);
  readonly #alarmAt: number;

  constructor(calibration: Calibration, alarmAt: number) {
    this.#suspicion = new Suspicion(calibration, MOST * alarmAt);
    this.#alarmAt = alarmAt;
  }

  get memory(): readonly Memory[] {
    return [...this.#suspicion.memory, this.#count];
  }

  /** Takes a query. While an attack lasts, an alarm is raised again for those who were not named yet. */
  take(link: Omit<Link, 'at'>, hits: Hits): Outcry | undefined {
    const query = (this.#count[0] as number) + 1;
    this.#count[0] = query;
    const first = this.#suspicion.take(hits, this.#alarmAt);
    if (this.#suspicion.calm) {
      this.#suspicion.rearm();
      this.#trail.tellAnew();
    }
    if (!hits.includes(1)) return undefined;
    this.#trail.note({ ...link, at: query });
    const raised = first.length > 0 ? first : this.#suspicion.still(hits, this.#alarmAt).slice(0, 1);
    if (raised.length === 0) return undefined;
    const named = this.#trail.fresh(query);
    if (first.length === 0 && named.length === 0) return undefined;
    this.#trail.tell(named);
    return { raised, named, query };
  }

  /** After a person has looked. */
  forget(caller: string): void {
    this.#trail.forget(caller);
  }

  /** What {@link memory} does not hold. */
  saved(): Piece[] {
    return this.#trail.saved();
  }

  load(piece: Piece): void {
    this.#trail.load(piece);
  }
}
