/** A match that ends at a step: its pattern, and the group of the state left that it began with. */
export interface Accept {
  readonly pattern: number;
  readonly group: number;
}

/** The group that begins with the character now read. */
export const NEW = -1;

/** A transition that does more than go to a row. */
export interface Step {
  readonly row: number;
  /** For each group of the new state the group of the old one whose offset it takes over, or {@link NEW}. */
  readonly from: readonly number[];
  /** Matches that end before the character now read… */
  readonly before: readonly Accept[];
  /** …and after it. */
  readonly after: readonly Accept[];
}

/**
 * Entries of the table. Below {@link STARTS}: go to that row, offsets stay. Below {@link STEPS}: go to the row
 * `entry - STARTS`, whose last group begins here. Below {@link UNBUILT}: do `steps[entry - STEPS]`.
 */
export const STARTS = 1 << 28;
export const STEPS = 1 << 29;
export const UNBUILT = 0x7fffffff;

/** A deterministic automaton as those who step through it see it. */
export interface Transitions {
  /** Class of each code unit, and how many classes there are. */
  readonly alphabet: { readonly classOf: Uint16Array; readonly size: number };
  /** Rows of entries, one per class; then one for the text's end; then, at {@link last}, the number of the last group. */
  readonly table: Int32Array;
  readonly last: number;
  readonly steps: readonly Step[];
  /** Builds the transition of a row for a class. The row may have another number afterwards: the one returned. */
  build(row: number, unit: number): number;
  /** The states in which nothing is alive, one for each kind of character before that assertions tell apart. */
  idleRows(): readonly (() => number)[];
}
