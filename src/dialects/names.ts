/**
 * Servers do not agree on when two names are one. Go's encoding/json takes `Model` and `mODEL` for `model`, `meſſages`
 * for `messages` (https://pkg.go.dev/encoding/json#Unmarshal, https://go.dev/issue/14750), and uses the last of them;
 * readers of protocol buffers take `maxTokens` for `max_tokens`. Names with the same fold may be one field to somebody.
 */
export const fold = (name: string): string => name.toUpperCase().toLowerCase().replaceAll('_', '');

/** The names that a shape knows, and every other spelling of them. */
export class Names {
  readonly #byFold: ReadonlyMap<string, string>;

  constructor(known: Iterable<string>) {
    this.#byFold = new Map(Array.from(known, (name) => [fold(name), name]));
  }

  /** The known name that this is a spelling of. */
  of(name: string): string | undefined {
    return this.#byFold.get(fold(name));
  }

  has(name: string): boolean {
    return this.of(name) !== undefined;
  }
}
