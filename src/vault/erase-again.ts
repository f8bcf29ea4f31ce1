import { KeyStore } from './key-store.ts';
import type { Erasure } from './vault.ts';

/**
 * Destroys again, in keys that come from a backup, what was erased since: no master key is needed for that. Returns how
 * many keys there still were.
 * @param file the database of keys
 */
export async function eraseAgain(file: string, erasures: AsyncIterable<Erasure>): Promise<number> {
  const store = new KeyStore(file);
  try {
    let keys = 0;
    for await (const { target, until } of erasures) keys += store.erase(target, until);
    return keys;
  } finally {
    store.close();
  }
}
