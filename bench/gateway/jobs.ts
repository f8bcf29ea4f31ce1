import type { LoopJob } from './closed-loop.ts';
import type { OpenJob } from './open-streams.ts';
import type { PacedJob } from './paced.ts';

export type Headers = Readonly<Record<string, string>>;

/** Where a target listens, how it is addressed, and the process that it is. */
export interface Destination {
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  /** Headers of each who asks; requests take turns among them. */
  readonly callers: readonly Headers[];
}

export type Job = LoopJob | PacedJob | OpenJob | { readonly kind: 'close' };
