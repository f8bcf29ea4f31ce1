import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../base/refusal.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';

/** An endpoint found, with what stood in the place of its `:id`. */
export interface Match {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly id: string | undefined;
}

/**
 * Finds the endpoint by the exact path. Nothing is decoded, folded or trimmed: `//v1/…`, `%2f` and `/v1/…/` are
 * unknown paths, and an unknown path goes down the same way as any other and is refused there.
 */
export class Routes {
  readonly #dialects: readonly Dialect[];
  readonly #byPath = new Map<string, Match[]>();
  readonly #byPrefix: { readonly prefix: string; readonly match: Match }[] = [];

  constructor(dialects: readonly Dialect[]) {
    this.#dialects = dialects;
    for (const dialect of dialects) for (const operation of dialect.operations) this.#add(dialect, operation);
  }

  #add(dialect: Dialect, operation: Operation): void {
    const match = { dialect, operation, id: undefined };
    if (operation.path.endsWith('/:id')) {
      this.#byPrefix.push({ prefix: operation.path.slice(0, -':id'.length), match });
      return;
    }
    const known = this.#byPath.get(operation.path);
    if (known === undefined) this.#byPath.set(operation.path, [match]);
    else known.push(match);
  }

  /** The dialect in which to answer, whatever the path. */
  dialectFor(path: string, headers: IncomingHttpHeaders): Dialect {
    const known = this.#candidates(path);
    const pool = known.length > 0 ? known.map(({ dialect }) => dialect) : this.#dialects;
    if (pool.length === 1) return pool[0] as Dialect;
    return pool.find((dialect) => dialect.claims(path, headers)) ?? (pool[0] as Dialect);
  }

  find(method: string, path: string, headers: IncomingHttpHeaders): Match {
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
    return this.#byPrefix.flatMap(({ prefix, match }) => {
      if (!path.startsWith(prefix)) return [];
      const id = segment(path.slice(prefix.length));
      return id === undefined ? [] : [{ ...match, id }];
    });
  }
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
