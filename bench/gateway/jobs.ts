import type { LoopJob } from './closed-loop.ts';
import type { OpenJob } from './open-streams.ts';
import type { PacedJob } from './paced.ts';

/** Where a target listens, how it is addressed, and the process that it is. */
export interface Destination {
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Job = LoopJob | PacedJob | OpenJob | { readonly kind: 'close' };
