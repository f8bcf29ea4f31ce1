/** Tries in all; a smaller input is worth minutes, not hours. */
const TRIES = 1500;

export interface Failing {
  readonly input: Buffer;
  readonly error: unknown;
}

/**
 * A smaller input that fails in the same way: pieces are left out, large ones first (Zeller's delta debugging), then
 * bytes made plain.
 */
export async function minimise(
  input: Buffer,
  error: unknown,
  failureOf: (input: Buffer) => Promise<unknown>,
): Promise<Failing> {
  let best: Failing = { input, error };
  const kind = kindOf(error);
  let tries = 0;
  const tryIt = async (smaller: Buffer): Promise<boolean> => {
    if (tries++ >= TRIES || smaller.equals(best.input)) return false;
    const found = await failureOf(smaller);
    if (found === undefined || kindOf(found) !== kind) return false;
    best = { input: smaller, error: found };
    return true;
  };
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries < TRIES; size = size > 1 ? size >> 1 : 0) {
    for (let at = 0; at < best.input.length; ) {
      const rest = Buffer.concat([best.input.subarray(0, at), best.input.subarray(at + size)]);
      if (!(await tryIt(rest))) at += size;
      if (tries >= TRIES) break;
    }
  }
  for (let at = 0; at < best.input.length && tries < TRIES; at++) {
    const plainer = Buffer.from(best.input);
    plainer[at] = 0x61;
    await tryIt(plainer);
  }
  return best;
}

/** Two errors of one kind come from the same place in the program. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] ?? '';
  return `${error.name} ${place}`;
}
