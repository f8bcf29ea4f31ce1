import type { Format } from '../format.ts';
import { CATCHES, PASSES } from './proof.ts';
import { behindPadding, isMaybe, isSure, Reader } from './reader.ts';
import { PICKLE_RULES } from './rules.ts';

/**
 * Python pickle, protocols 0 to 5, with what joblib and torch before 1.6 put between and after. A verdict comes from what
 * is called, and with what; names alone decide nothing.
 */
export const pickle: Format = {
  name: 'pickle',
  title: 'Python pickle',
  lurks: true,
  rules: Object.values(PICKLE_RULES),
  // Protocols 0 and 1 begin with an opcode, as any text may: only reading it tells. So it does of what may hold one.
  looks: (source) =>
    isSure(source, 0) ? 'sure' : (isMaybe(source, 0) || behindPadding(source) > 0) && 'maybe',
  read: (part) => new Reader(part).read(),
  proof: { catches: CATCHES, passes: PASSES },
};
