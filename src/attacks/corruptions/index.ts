import type { Corruption } from './corruption.ts';
import { IMAGES } from './images.ts';
import { RECORDS } from './records.ts';

/** Every corruption: of images, then of records. */
export const CORRUPTIONS: readonly Corruption[] = [...IMAGES, ...RECORDS];
