import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../base/refusal.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';

/** An endpoint found, with what stood in the place of its `:id`. */
export interface Match {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly id: string | undefined;
}

/** A path whose last segment holds an id, and perhaps a fixed ending behind it (`…/:id:generateContent`). */
interface Pattern {
  readonly prefix: string;
  readonly ending: string;
}

/** An endpoint that is withheld. */
interface NotPassedOn {
  readonly dialect: Dialect;
  readonly hint: string;
  readonly fits: (path: string) => boolean;
}

/**
 * Finds the endpoint by the exact path. Nothing is decoded, folded or trimmed: `//v1/…`, `%2f` and `/v1/…/` are
 * unknown paths, and an unknown path goes down the same way as any other and is refused there.
 */
export class Routes {
  readonly #dialects: readonly Dialect[];
  readonly #byPath = new Map<string, Match[]>();
  readonly #byPattern: (Pattern & { readonly match: Match })[] = [];
  readonly #withheld: readonly NotPassedOn[];

  constructor(dialects: readonly Dialect[]) {
    this.#dialects = dialects;
    this.#withheld = dialects.flatMap((dialect) =>
      (dialect.withheld ?? []).map(({ path, hint }) => ({ dialect, hint, fits: below(path) })),
    );
    for (const dialect of dialects) for (const operation of dialect.operations) this.#add(dialect, operation);
  }

  #add(dialect: Dialect, operation: Operation): void {
    const match = { dialect, operation, id: undefined };
    for (const path of [operation.path, ...(operation.also ?? [])]) {
      const pattern = patternOf(path);
      const known = this.#byPath.get(path);
      if (pattern !== undefined) this.#byPattern.push({ ...pattern, match });
      else if (known === undefined) this.#byPath.set(path, [match]);
      else known.push(match);
    }
  }

  /** The dialect in which to answer, whatever the path. */
  dialectFor(path: string, headers: IncomingHttpHeaders): Dialect {
    const known = this.#candidates(path);
    const pool = known.length > 0 ? known.map(({ dialect }) => dialect) : this.#dialects;
    if (pool.length === 1) return pool[0] as Dialect;
    return pool.find((dialect) => dialect.claims(path, headers)) ?? (pool[0] as Dialect);
  }

  /** The endpoint of this id, as entries name it. */
  operation(id: string): Operation | undefined {
    return this.#dialects.flatMap(({ operations }) => operations).find((one) => one.id === id);
  }

  find(method: string, path: string, headers: IncomingHttpHeaders): Match {
    // What is served is not withheld: most requests need not be compared with all that is.
    if (!this.#byPath.has(path)) {
      const withheld = this.#withheld.filter((one) => one.fits(path));
      // Two APIs may have a path of that name; the reason is that of the one which was meant.
      const meant = withheld.find(({ dialect }) => dialect.claims(path, headers)) ?? withheld[0];
      if (meant !== undefined) throw new Refusal('unsupported', { hint: meant.hint });
    }
    const known = this.#candidates(path);
    if (known.length === 0) throw new Refusal('route_unknown');
    const dialect = this.dialectFor(path, headers);
    const match = known.find(
      (candidate) => candidate.dialect === dialect && candidate.operation.method === method,
    );
    if (match === undefined) throw new Refusal('method_not_allowed');
    return match;
  }

  #candidates(path: string): readonly Match[] {
    const exact = this.#byPath.get(path);
    if (exact !== undefined) return exact;
    const fitting = this.#byPattern.flatMap(({ ending, prefix, match }) => {
      const id = idIn(path, { prefix, ending });
      return id === undefined ? [] : [{ ending, match: { ...match, id } }];
    });
    // `x:generateContent` could be an id as a whole: the longest ending that fits is meant.
    const longest = Math.max(...fitting.map(({ ending }) => ending.length));
    return fitting.filter(({ ending }) => ending.length === longest).map(({ match }) => match);
  }
}

function patternOf(path: string): Pattern | undefined {
  const at = path.indexOf('/:id');
  if (at < 0) return undefined;
  return { prefix: path.slice(0, at + 1), ending: path.slice(at + '/:id'.length) };
}

function idIn(path: string, { prefix, ending }: Pattern): string | undefined {
  if (!path.startsWith(prefix) || !path.endsWith(ending)) return undefined;
  return segment(path.slice(prefix.length, path.length - ending.length));
}

/** Fits the path itself, what stands below it, or an action on it (`/v1beta/interactions/1:cancel`). */
function below(known: string): (path: string) => boolean {
  const pattern = patternOf(known);
  if (pattern !== undefined) return (path) => idIn(path, pattern) !== undefined;
  return (path) => path === known || path.startsWith(`${known}/`) || path.startsWith(`${known}:`);
}

/** One path segment, decoded; model ids may hold an encoded slash (`meta%2Fllama`). */
function segment(text: string): string | undefined {
  if (text === '' || text.includes('/')) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
