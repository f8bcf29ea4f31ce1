import type { Format } from '../format.ts';
import { DOCUMENTS } from './documents.ts';
import { FONTS } from './fonts.ts';
import { IMAGES } from './images.ts';
import { RECORDINGS } from './recordings.ts';
import { TABLES } from './tables.ts';
import { WORDS } from './words.ts';

/** What lies beside models and runs nowhere: walked to its end, so that what is hidden behind it shows. */
export const media: readonly Format[] = [
  ...IMAGES,
  ...RECORDINGS,
  ...FONTS,
  ...TABLES,
  ...DOCUMENTS,
  ...WORDS,
];
