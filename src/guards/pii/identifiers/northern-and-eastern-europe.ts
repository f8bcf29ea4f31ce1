import { ean13, hasDay, letterNumber, luhn, mod11, mod11And10, varied, weighted } from '../checksums.ts';
import { type Identifier, LIKELY, SOME, SURE, WEAK } from './identifier.ts';

/** Fødselsnummer: two check digits modulo 11. A D-number adds 4 to the first digit. */
const norwegian = (text: string): boolean =>
  mod11(text, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) &&
  mod11(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) &&
  hasDay(`${Number(text[0]) % 4}${text.slice(1, 6)}`, 'ddmmyy');

/** Skatteverket: Luhn over the last ten; a coordination number adds 60 to the day. */
const swedish = (text: string): boolean => {
  const ten = text.slice(-10);
  const day = Number(ten.slice(4, 6));
  return (
    luhn(ten) && hasDay(`${ten.slice(0, 4)}${`${day > 60 ? day - 60 : day}`.padStart(2, '0')}`, 'yymmdd')
  );
};

/** Asetus väestötietojärjestelmästä: the number modulo 31 picks the last character. */
const finnish = (text: string): boolean =>
  /^\d{6}[-+A-FU-Y]?\d{3}[\dA-Y]$/.test(text) &&
  hasDay(text, 'ddmmyy') &&
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(text.slice(0, 6) + text.slice(-4, -1)) % 31] === text.at(-1);

/** The letter of a PPS number: weights 8 to 2, a second letter times 9, modulo 23. */
const pps = (text: string): boolean =>
  /^\d{7}[A-W][A-IWTX]?$/.test(text) &&
  (weighted(text, [8, 7, 6, 5, 4, 3, 2]) +
    (text[8] && !'WTX'.includes(text[8]) ? letterNumber(text[8]) * 9 : 0)) %
    23 ===
    letterNumber(text[7] as string) % 23;

/** One check digit modulo 11 with a second row of weights where the first gives ten (Estonia, Lithuania). */
function baltic(text: string): boolean {
  const first = weighted(text, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const check = first < 10 ? first : weighted(text, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return /^[1-6]/.test(text) && hasDay(text.slice(1, 7), 'yymmdd') && check % 10 === Number(text[10]);
}

const czech = (text: string): boolean => {
  const month = Number(text.slice(2, 4)) % 50;
  const plain = month > 20 ? month - 20 : month;
  return (
    Number(text) % 11 === 0 &&
    hasDay(`${text.slice(0, 2)}${`${plain}`.padStart(2, '0')}${text.slice(4, 6)}`, 'yymmdd')
  );
};

const checkDigit = (text: string, weights: readonly number[], at = text.length - 1): boolean =>
  (weighted(text, weights) % 11) % 10 === Number(text[at]);

const elevenLess = (text: string, weights: readonly number[]): boolean => {
  const rest = 11 - (weighted(text, weights) % 11);
  return (rest > 9 ? 0 : rest) === Number(text.at(-1));
};

function checkTen(rest: number): number {
  return rest === 10 ? 1 : rest;
}

export const NORTHERN_AND_EASTERN_EUROPE: readonly Identifier[] = [
  {
    id: 'se_personnummer',
    country: 'se',
    forms: ['d6-d4', 'd8-d4', 'd10', 'd12'],
    valid: swedish,
    score: LIKELY,
    bare: WEAK,
    context: 'person-?nummer|personnr|samordningsnummer|pnr|swedish personal',
  },
  {
    id: 'dk_cpr',
    country: 'dk',
    forms: ['d6-d4', 'd10'],
    // Since 2007 numbers are given out that fail the old test modulo 11, so a date is all that can be asked for.
    valid: (text) => hasDay(text, 'ddmmyy'),
    score: 0.35,
    bare: 0.1,
    context: 'cpr|personnummer|danish',
  },
  {
    id: 'no_fnr',
    country: 'no',
    forms: ['d6 d5', 'd11'],
    valid: norwegian,
    score: 0.7,
    bare: LIKELY,
    context: 'f[øo]dselsnummer|personnummer|fnr|d-nummer|norwegian',
  },
  {
    id: 'fi_hetu',
    country: 'fi',
    forms: ['d6-x4', 'd6Ax4'],
    valid: finnish,
    score: SURE,
    context: 'henkil[oö]tunnus|hetu|finnish personal',
  },
  {
    id: 'is_kennitala',
    country: 'is',
    forms: ['d6-d4', 'd10'],
    valid: (text) =>
      hasDay(text, 'ddmmyy') && /[890]$/.test(text) && mod11(text, [3, 2, 7, 6, 5, 4, 3, 2, 1]),
    score: 0.5,
    bare: WEAK,
    context: 'kennitala',
  },
  {
    id: 'ch_ahv',
    country: 'ch',
    forms: ['d3.d4.d4.d2', 'd3 d4 d4 d2', 'd13'],
    valid: (text) => text.startsWith('756') && ean13(text),
    score: SURE,
    bare: 0.6,
    context: 'ahv|avs|oasi|sozialversicherungsnummer',
  },
  {
    id: 'at_svnr',
    country: 'at',
    forms: ['d4 d6', 'd4-d6', 'd10'],
    valid: (text) => {
      const digits = text.slice(0, 3) + text.slice(4);
      return (
        weighted(digits, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11 === Number(text[3]) &&
        hasDay(text.slice(4), 'ddmmyy')
      );
    },
    score: 0.55,
    bare: WEAK,
    context: 'sozialversicherung|svnr|sv-?nummer|vsnr',
  },
  {
    id: 'ie_pps',
    country: 'ie',
    forms: ['d7A', 'd7A2', 'd7 A', 'd7 A2'],
    valid: pps,
    score: 0.5,
    context: 'pps|ppsn|personal public service',
  },
  {
    id: 'cz_rc',
    country: 'cz',
    forms: ['d6/d4', 'd10'],
    valid: czech,
    score: 0.75,
    bare: WEAK,
    context: 'rodn[eé] [cč][ií]slo|r\\. ?[cč]\\.',
  },
  {
    id: 'ro_cnp',
    country: 'ro',
    forms: ['d13'],
    valid: (text) =>
      /^[1-9]/.test(text) &&
      hasDay(text.slice(1, 7), 'yymmdd') &&
      checkTen(weighted(text, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11) === Number(text[12]),
    score: LIKELY,
    context: 'cnp|cod numeric',
  },
  {
    id: 'bg_egn',
    country: 'bg',
    forms: ['d10'],
    valid: (text) => {
      const month = Number(text.slice(2, 4)) % 20;
      const day = `${text.slice(0, 2)}${`${month}`.padStart(2, '0')}${text.slice(4, 6)}`;
      return hasDay(day, 'yymmdd') && checkDigit(text, [2, 4, 8, 5, 10, 9, 7, 3, 6]);
    },
    score: WEAK,
    context: 'егн|egn',
  },
  { id: 'hr_oib', country: 'hr', forms: ['d11'], valid: mod11And10, score: WEAK, context: 'oib' },
  {
    id: 'rs_jmbg',
    country: 'rs',
    forms: ['d13'],
    valid: (text) => hasDay(text, 'ddmmyyy') && elevenLess(text, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]),
    score: 0.5,
    context: 'jmbg|emšo|emso|jedinstveni',
  },
  { id: 'ee_isikukood', country: 'ee', forms: ['d11'], valid: baltic, score: 0.45, context: 'isikukood' },
  { id: 'lt_asmens_kodas', country: 'lt', forms: ['d11'], valid: baltic, score: 0.45, context: 'asmens kod' },
  {
    id: 'lv_personas_kods',
    country: 'lv',
    forms: ['d6-d5'],
    valid: (text) => text.startsWith('32') || hasDay(text, 'ddmmyy'),
    score: 0.4,
    context: 'personas kod',
  },
  {
    id: 'gr_amka',
    country: 'gr',
    forms: ['d11'],
    valid: (text) => luhn(text) && hasDay(text, 'ddmmyy'),
    score: SOME,
    context: 'αμκα|amka',
  },
  {
    id: 'gr_afm',
    country: 'gr',
    forms: ['d9'],
    valid: (text) => varied(text) && checkDigit(text, [256, 128, 64, 32, 16, 8, 4, 2]),
    score: 0.1,
    context: 'αφμ|afm',
  },
  {
    id: 'hu_taj',
    country: 'hu',
    forms: ['d3 d3 d3', 'd3-d3-d3', 'd9'],
    valid: (text) => varied(text) && weighted(text, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === Number(text[8]),
    score: WEAK,
    context: 'taj',
  },
  {
    id: 'ru_snils',
    country: 'ru',
    forms: ['d3-d3-d3 d2', 'd3-d3-d3-d2', 'd11'],
    valid: (text) => {
      const rest = weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
      return rest % 100 === Number(text.slice(9)) && varied(text);
    },
    score: 0.85,
    bare: WEAK,
    context: 'снилс|snils',
  },
  {
    id: 'ru_inn',
    country: 'ru',
    forms: ['d12', 'd10'],
    valid: (text) =>
      text.length === 10
        ? checkDigit(text, [2, 4, 10, 3, 5, 9, 4, 6, 8])
        : checkDigit(text, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8], 10) &&
          checkDigit(text, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]),
    score: WEAK,
    context: 'инн|inn',
  },
  {
    id: 'ru_passport',
    country: 'ru',
    forms: ['d4 d6', 'd2 d2 d6'],
    valid: varied,
    score: 0.1,
    context: 'паспорт|passport',
  },
  {
    id: 'ua_rnokpp',
    country: 'ua',
    forms: ['d10'],
    valid: (text) =>
      (((weighted(text, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10 === Number(text[9]),
    score: 0.1,
    context: 'рнокпп|іпн|ідентифікаційн',
  },
  {
    id: 'tr_kimlik',
    country: 'tr',
    forms: ['d11'],
    valid: (text) => {
      const odd = weighted(text, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
      const even = weighted(text, [0, 1, 0, 1, 0, 1, 0, 1]);
      return (
        text[0] !== '0' &&
        (odd * 7 - even + 100) % 10 === Number(text[9]) &&
        (odd + even + Number(text[9])) % 10 === Number(text[10])
      );
    },
    score: 0.5,
    context: 'kimlik|tckn|t\\.?c\\.? ?no',
  },
];
