import { luhn, mod11, mod11And10, remainder, varied, weighted } from '../checksums.ts';
import type { Identifier } from './identifier.ts';

/** What follows the letters of the country, by VIES; and the check digits of those that publish theirs. */
const VAT: Readonly<Record<string, readonly [forms: readonly string[], valid?: (rest: string) => boolean]>> =
  {
    AT: [
      ['ATAd8'],
      (text) =>
        (10 - ((crossSum(text.slice(1, 8), [1, 2, 1, 2, 1, 2, 1]) + 4) % 10)) % 10 === Number(text[8]),
    ],
    BE: [
      ['BEd10', 'BE d4.d3.d3', 'BE d10', 'BE d4 d3 d3'],
      (text) => 97 - (Number(text.slice(0, 8)) % 97) === Number(text.slice(8)),
    ],
    BG: [['BGd9', 'BGd10']],
    CY: [['CYd8A']],
    CZ: [['CZd8', 'CZd9', 'CZd10']],
    DE: [['DEd9', 'DE d9', 'DE d3 d3 d3'], mod11And10],
    DK: [['DKd8', 'DK d2 d2 d2 d2'], (text) => mod11(text, [2, 7, 6, 5, 4, 3, 2, 1])],
    EE: [['EEd9'], (text) => weighted(text, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0],
    EL: [['ELd9']],
    ES: [['ESAd8', 'ESAd7A', 'ESd8A']],
    FI: [['FId8'], (text) => mod11(text, [7, 9, 10, 5, 8, 4, 2, 1])],
    FR: [
      ['FRd11', 'FRd2 d3 d3 d3', 'FR d2 d3 d3 d3'],
      (text) =>
        luhn(text.slice(2)) && (12 + 3 * (Number(text.slice(2)) % 97)) % 97 === Number(text.slice(0, 2)),
    ],
    GB: [['GBd9', 'GB d3 d4 d2', 'GB d9'], british],
    HR: [['HRd11'], mod11And10],
    HU: [['HUd8'], (text) => weighted(text, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0],
    IE: [['IEd7A', 'IEd7A2']],
    IT: [['ITd11', 'IT d11'], luhn],
    LT: [['LTd9', 'LTd12']],
    LU: [['LUd8'], (text) => Number(text.slice(0, 6)) % 89 === Number(text.slice(6))],
    LV: [['LVd11']],
    MT: [
      ['MTd8'],
      (text) =>
        weighted(text, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 ||
        37 - (weighted(text, [3, 4, 6, 7, 8, 9]) % 37) === Number(text.slice(6)),
    ],
    NL: [
      ['NLd9Ad2'],
      (text) =>
        text[9] === 'B' && (mod11(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) || remainder(`NL${text}`, 97) === 1),
    ],
    PL: [['PLd10', 'PL d10'], (text) => weighted(text, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(text[9])],
    PT: [
      ['PTd9', 'PT d9'],
      (text) => elevenOrNone(weighted(text, [9, 8, 7, 6, 5, 4, 3, 2])) === Number(text[8]),
    ],
    RO: [['ROd8', 'ROd7', 'ROd9', 'ROd10']],
    SE: [['SEd12'], (text) => luhn(text.slice(0, 10)) && /0[1-9]$|[1-9]\d$/.test(text)],
    SI: [['SId8'], (text) => elevenOrNone(weighted(text, [8, 7, 6, 5, 4, 3, 2])) === Number(text[7])],
    SK: [['SKd10'], (text) => Number(text) % 11 === 0],
  };

const elevenOrNone = (sum: number): number => (11 - (sum % 11) > 9 ? 0 : 11 - (sum % 11));

function crossSum(text: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => {
    const product = Number(text[at]) * weight;
    return sum + Math.floor(product / 10) + (product % 10);
  }, 0);
}

/** HMRC: the check digits, or they and 55, make the weighted sum a multiple of 97. */
function british(text: string): boolean {
  const sum = weighted(text, [8, 7, 6, 5, 4, 3, 2]) + Number(text.slice(7, 9));
  return sum % 97 === 0 || (sum + 55) % 97 === 0;
}

/** VAT numbers of the Union and of the United Kingdom, with the letters of their country. */
export const VAT_NUMBERS: readonly Identifier[] = Object.entries(VAT).map(([prefix, [forms, valid]]) => ({
  id: 'eu_vat_number',
  country: prefix === 'EL' ? 'gr' : prefix.toLowerCase(),
  forms: forms.map((form) => `A2${form.slice(2)}`),
  valid: (text) =>
    text.startsWith(prefix) && varied(text.slice(2)) && (valid === undefined || valid(text.slice(2))),
  score: valid === undefined ? 0.4 : 0.75,
  context: 'vat|ust-?id|umsatzsteuer|tva|iva|btw|moms|tax|uid|dph|nip',
}));
