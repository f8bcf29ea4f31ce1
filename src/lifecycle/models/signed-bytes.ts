import type { HashName, Resource } from '../../signing/manifest.ts';
import { type Engine, engineOf } from '../sign/hash-file.ts';

/** Compares a file with what was signed of it while it goes by: whole, or in the parts in which it was hashed. */
export class SignedBytes {
  readonly #hash: HashName;
  readonly #resources: readonly Resource[];
  #at = 0;
  #part = 0;
  #engine: Engine;
  #same = true;

  /** @param resources of this one file, in the order of its bytes */
  constructor(hash: HashName, resources: readonly Resource[]) {
    this.#hash = hash;
    this.#resources = resources;
    this.#engine = engineOf(hash);
  }

  update(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      // Behind the last part: nobody signed that.
      if (this.#part === this.#resources.length) this.#same = false;
      const end = this.#resources[this.#part]?.shard?.end ?? Number.POSITIVE_INFINITY;
      const mine = rest.subarray(0, Math.min(rest.length, end - this.#at));
      this.#engine.update(mine);
      this.#at += mine.length;
      rest = rest.subarray(mine.length);
      if (this.#at === end) this.#next();
    }
  }

  /** Whether all of it is as it was signed. Called once, at the end. */
  finish(): boolean {
    // A part ends where the file does; a whole file ends here.
    if (this.#resources[this.#part]?.shard === undefined && this.#part < this.#resources.length) this.#next();
    return this.#same && this.#part > 0 && this.#part === this.#resources.length;
  }

  #next(): void {
    this.#same &&= this.#engine.digest('hex') === this.#resources[this.#part]?.digest;
    this.#part += 1;
    this.#engine = engineOf(this.#hash);
  }
}
