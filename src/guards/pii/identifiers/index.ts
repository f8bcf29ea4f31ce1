import { AMERICAS } from './americas.ts';
import { ASIA_PACIFIC_AFRICA } from './asia-pacific-africa.ts';
import type { Identifier } from './identifier.ts';
import { NORTHERN_AND_EASTERN_EUROPE } from './northern-and-eastern-europe.ts';
import { VAT_NUMBERS } from './vat.ts';
import { WESTERN_EUROPE } from './western-europe.ts';

/** Every kind of identifier there is. To know a further one takes one entry in one of these lists. */
export const IDENTIFIERS: readonly Identifier[] = [
  ...WESTERN_EUROPE,
  ...NORTHERN_AND_EASTERN_EUROPE,
  ...AMERICAS,
  ...ASIA_PACIFIC_AFRICA,
  ...VAT_NUMBERS,
];
