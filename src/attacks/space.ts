/**
 * The rows that there can be: an attacker can only send what would be taken. Perturbations are measured in each feature's
 * `unit`, so that a budget means the same for an age and for an income; for images all units are one.
 */
export interface Space {
  readonly features: number;
  /** The least and the most of each feature. */
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  readonly unit: Float32Array;
  /** 1 for features that an attacker cannot change. */
  readonly fixed: Uint8Array;
  /** 1 for features that are whole numbers. */
  readonly whole: Uint8Array;
  /** Features of which exactly one is 1, and the others 0: a category. */
  readonly choices: readonly (readonly number[])[];
  /** Height, width and channels where a row is an image, in the order channel, row, column. */
  readonly image?: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** A space of numbers between two bounds, all free. */
export const boxOf = (features: number, lower = 0, upper = 1): Space => ({
  features,
  lower: new Float32Array(features).fill(lower),
  upper: new Float32Array(features).fill(upper),
  unit: new Float32Array(features).fill(1),
  fixed: new Uint8Array(features),
  whole: new Uint8Array(features),
  choices: [],
});

/** Whether rows are more than numbers in a box: then what an attack found is snapped, and tried again. */
export const isDiscrete = (space: Space): boolean => space.choices.length > 0 || space.whole.includes(1);

/** Puts a row back into its bounds, and what cannot change back to what it was. In place. */
export function clip(space: Space, row: Float32Array, original: Float32Array): void {
  for (let at = 0; at < row.length; at++) {
    const value = row[at] as number;
    const lower = space.lower[at] as number;
    const upper = space.upper[at] as number;
    const was = original[at] as number;
    // A row may come from outside the bounds that a sample showed: it is never moved by clipping alone.
    const least = was < lower ? was : lower;
    const most = was > upper ? was : upper;
    row[at] = space.fixed[at] === 1 ? was : value < least ? least : value > most ? most : value;
  }
}

/** Rounds whole numbers and puts each category at its highest number. In place; within the bounds. */
export function snap(space: Space, row: Float32Array, original: Float32Array): void {
  for (let at = 0; at < row.length; at++)
    if (space.whole[at] === 1 && space.fixed[at] !== 1) row[at] = Math.round(row[at] as number);
  for (const choice of space.choices) {
    let best = choice[0] ?? 0;
    for (const at of choice) if ((row[at] as number) > (row[best] as number)) best = at;
    for (const at of choice) row[at] = at === best ? 1 : 0;
  }
  clip(space, row, original);
}

/** How far each feature of a row can rise and fall, in units; nothing where it is fixed. */
export function roomOf(
  space: Space,
  row: Float32Array,
): { readonly up: Float32Array; readonly down: Float32Array } {
  const room = (at: number, far: number) =>
    space.fixed[at] === 1 ? 0 : Math.max(0, far / (space.unit[at] as number));
  return {
    up: row.map((value, at) => room(at, (space.upper[at] as number) - value)),
    down: row.map((value, at) => room(at, value - (space.lower[at] as number))),
  };
}

/** Features that change together: each number by itself, and each category. */
export function groupsOf({ features, choices }: Space): readonly (readonly number[])[] {
  const chosen = new Set(choices.flat());
  const single = Array.from({ length: features }, (_, at) => at).filter((at) => !chosen.has(at));
  return [...single.map((at) => [at]), ...choices];
}
