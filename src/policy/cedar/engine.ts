import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

/** The Cedar engine. It is given to whoever reads a policy: loading it takes time and memory that not all need. */
export type Engine = typeof Cedar;
