/**
 * Proof that guards have read a value. Only `gateway/inspect` may call {@link clear}: `test/architecture.test.ts`
 * holds that, and the private constructor holds that nothing else makes one.
 */
export class Cleared<T> {
  readonly value: T;
  #minted = true;

  private constructor(value: T) {
    this.value = value;
  }

  /** Called by `clear` only. */
  static mint<T>(value: T): Cleared<T> {
    return new Cleared(value);
  }

  /** Holds at run time too: an object that merely looks like a Cleared has no private field. */
  static check(value: Cleared<unknown>): boolean {
    return #minted in value && value.#minted;
  }
}

export const clear = <T>(value: T): Cleared<T> => Cleared.mint(value);
