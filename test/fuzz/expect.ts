import assert from 'node:assert/strict';

type Kind<E> = abstract new (...args: never) => E;

/** What came out, or the one kind of error that may. Any other error goes on. */
export function refusedBy<T, E>(act: () => T, kind: Kind<E>): T | E {
  try {
    return act();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
}

export async function refusedLater<T, E>(act: () => Promise<T> | T, kind: Kind<E>): Promise<T | E> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
}

/** Planted where it must never be repeated: in bodies, settings, keys. */
export const CANARY = 'cAnArY: do not repeat 7f3a91';

/** Nothing of the canary is in these words. */
export function assertSilent(words: string | undefined, what: string): void {
  assert.ok(!words?.includes(CANARY), `${what} repeats what it was given`);
}
