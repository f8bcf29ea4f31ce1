import type { Json } from '../../base/json.ts';
import type { LedgerNews } from '../../ledger/remote.ts';

/**
 * What passes between the primary process, which alone holds the ledger and the counters, and its workers, which
 * answer clients. Everything is plain data.
 *
 * Worker to primary: `enlist`, `ready`, `append`, `reserve`, `settle`, `cancel`, `defer`, `take`, `finish`, `flushed`, `used`,
 * `sighted`, `observe`, `outcome`, `stances`.
 * Primary to worker: `news`, `block`, `stances`, `prepare`, `commit`, `abort`, `forget`, `metrics`, `close`.
 */
export interface Enlisted {
  /** Every file of the configuration, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** Keys of the data folder that answering needs, as hex; the ledger's own key stays with the primary. */
  readonly keys: { readonly pepper: string; readonly digest: string };
  readonly practice: { readonly url: string; readonly key: string } | null;
  /** Where to listen: never 0, so that a worker that replaces another is found where that one was. */
  readonly port: number;
  /** Workers in all: bounds on everything together are shared out among them. */
  readonly count: number;
  readonly ledger: LedgerNews;
}

/** A line between processes holds plain JSON; the types are the protocol's. */
export const asJson = (value: object): Json => value as unknown as Json;
export const fromJson = <T>(value: Json): T => value as unknown as T;

/** A problem as it crosses the line. */
export interface Trouble {
  readonly kind: string;
  readonly message: string;
  readonly advice?: string;
}
