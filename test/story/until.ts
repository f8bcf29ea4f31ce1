import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds after which something that does not come has failed. */
const PATIENCE = 20_000;

/** What `look` finds, as soon as it does. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const late = Date.now() + PATIENCE; Date.now() < late; ) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(50);
  }
  throw new Error(`nobody saw ${what}`);
}
