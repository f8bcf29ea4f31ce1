/**
 * `stop`: to the end of a pickle. `broken`: no further than this. `array`: bytes of an array follow, as joblib writes
 * them. `on`: there is more to read.
 */
export type Halt = 'stop' | 'broken' | 'array' | 'on';

/** Why a pickle cannot be loaded, and where. What ran before that did run. */
export interface Break {
  readonly why: string;
  readonly at: number;
  /** Whether anything had run by then. */
  readonly late: boolean;
}

export interface Mode {
  /** Whether arrays may stand in the stream: they do for joblib, not for a pickle within it. */
  readonly arrays?: boolean;
  /** It may be no pickle: the first error before anything ran ends it. */
  readonly guess?: boolean;
  /** It begins in the middle of one: what was kept before is not known. */
  readonly middle?: boolean;
}
