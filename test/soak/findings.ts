/** What must not be, by kind: how often it was met, and the first few of it. */
export class Findings {
  readonly #met = new Map<string, { count: number; readonly about: string[] }>();

  readonly found = (what: string, about: string): void => {
    const met = this.#met.get(what) ?? { count: 0, about: [] };
    met.count += 1;
    if (met.about.length < SHOWN) met.about.push(about);
    this.#met.set(what, met);
  };

  get count(): number {
    return [...this.#met.values()].reduce((sum, { count }) => sum + count, 0);
  }

  list(): { readonly what: string; readonly count: number; readonly about: readonly string[] }[] {
    return [...this.#met].map(([what, met]) => ({ what, ...met }));
  }
}

export type Found = Findings['found'];

const SHOWN = 5;
