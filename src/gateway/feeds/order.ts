import type { FeedSettings } from '../../settings/feeds.ts';

/** A feed as its thread is given it: secrets are text here, since a {@link Secret} does not cross into another thread. */
export interface FeedOrder extends Omit<FeedSettings, 'url' | 'secret' | 'headers' | 'tls'> {
  readonly url: string | undefined;
  readonly secret: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM texts. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

export function orderOf({ url, secret, headers, tls, ...rest }: FeedSettings): FeedOrder {
  return {
    ...rest,
    url: url?.reveal(),
    secret: secret?.reveal(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()])),
    tls: tls && {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert }),
      ...(tls.key !== undefined && { key: tls.key.reveal() }),
    },
  };
}

/** How one feed stands. */
export interface FeedStatus {
  readonly name: string;
  readonly use: FeedSettings['use'];
  /** `waiting`: for a receiver that does not take it. */
  readonly state: 'delivering' | 'waiting';
  /** Number of the entry that it looks at next. */
  readonly next: number;
  /** Entries that were delivered since the start of the process. */
  readonly delivered: number;
  /** Entries that the receiver refused: all since the start, and those that are remembered. */
  readonly refused: number;
  readonly dead: number;
  /** Attempts that failed since the last one that did not. */
  readonly failures: number;
  /** What the receiver answered last, in a word (`HTTP 503`), and when, in milliseconds since 1970. */
  readonly answer: string;
  readonly at: number;
}

/** An entry that a receiver refused. What was in it is in the ledger. */
export interface Dead {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly answer: string;
}

/** What came of trying a feed. */
export interface Tried {
  readonly delivered: boolean;
  readonly answer: string;
  readonly ms: number;
}
