import { AMERICAS } from './americas.ts';
import { ASIA_PACIFIC_AFRICA } from './asia-pacific-africa.ts';
import { EUROPE } from './europe.ts';
import type { Identifier } from './identifier.ts';
import { VAT_NUMBERS } from './vat.ts';

/** Every kind of identifier there is. To know a further one takes one entry in one of these lists. */
export const IDENTIFIERS: readonly Identifier[] = [
  ...EUROPE,
  ...AMERICAS,
  ...ASIA_PACIFIC_AFRICA,
  ...VAT_NUMBERS,
];
