import { setImmediate } from 'node:timers/promises';
import { Turns } from '../base/turns.ts';

/** Rows that are worked on in one go; others want to be served between. */
export const SLICE = 32;

const turns = new Turns();

/**
 * Before each {@link SLICE} of a large question. A round of events has one of them, whoever's it is: a hundred large questions at
 * once keep others waiting no longer than one does.
 */
export const nextSlice = (): Promise<void> => turns.take(() => setImmediate());
