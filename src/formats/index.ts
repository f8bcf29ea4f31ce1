import type { Format } from './format.ts';

/** Every format that is read. A new one is a line here. */
export const FORMATS: readonly Format[] = [];
