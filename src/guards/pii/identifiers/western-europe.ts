import {
  hasDay,
  icao,
  letterNumber,
  luhn,
  mod11,
  mod11And10,
  remainder,
  varied,
  weighted,
} from '../checksums.ts';
import { always, type Identifier, LIKELY, SOME, SURE, WEAK } from './identifier.ts';

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** Orden INT/2058/2008: the number modulo 23 picks the letter; X, Y and Z stand for 0, 1 and 2. */
const spanishLetter = (text: string): boolean =>
  SPANISH[Number(text.slice(0, -1).replace(/^[XYZ]/, (letter) => `${'XYZ'.indexOf(letter)}`)) % 23] ===
  text.at(-1);

/** Decreto ministeriale 23 dicembre 1976: odd places by a table, even ones by value. */
const ITALIAN_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function fiscalCode(text: string): boolean {
  if (!/^[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]$/.test(text))
    return false;
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const code = text.charCodeAt(at);
    const value = code < 65 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? (ITALIAN_ODD[value] as number) : value;
  }
  return sum % 26 === text.charCodeAt(15) - 65;
}

/** § 139b AO: ISO 7064 MOD 11,10, and among the first ten digits exactly one stands two or three times. */
function germanTaxId(text: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of text.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return text[0] !== '0' && repeated.length === 1 && (repeated[0] as number) < 4 && mod11And10(text);
}

/** Deutsche Rentenversicherung: the letter counts as two digits, cross sums of the products, modulo 10. */
function germanPension(text: string): boolean {
  const letter = `${letterNumber(text[8] as string)}`.padStart(2, '0');
  const digits = `${text.slice(0, 8)}${letter}${text.slice(9, 11)}`;
  let sum = 0;
  for (const [at, weight] of [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].entries()) {
    const product = Number(digits[at]) * weight;
    sum += Math.floor(product / 10) + (product % 10);
  }
  return sum % 10 === Number(text[11]) && hasDay(text.slice(2, 8), 'ddmmyy');
}

/** INSEE: 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18. */
function insee(text: string): boolean {
  if (!/^[1-478]\d{4}(?:\d\d|2[AB])\d{8}$/.test(text)) return false;
  const month = Number(text.slice(3, 5));
  const digits = text.replace('2A', '19').replace('2B', '18');
  return (
    (month <= 12 || (month >= 20 && month <= 42) || month >= 50) &&
    97 - remainder(digits.slice(0, 13), 97) === Number(digits.slice(13))
  );
}

/** Rijksregisternummer: 97 less the first nine modulo 97, with a 2 before them for who was born since 2000. */
const belgian = (text: string): boolean =>
  [text.slice(0, 9), `2${text.slice(0, 9)}`].some(
    (digits) => 97 - remainder(digits, 97) === Number(text.slice(9)),
  );

const pesel = (text: string): boolean => {
  const month = Number(text.slice(2, 4)) % 20;
  const day = `${text.slice(0, 2)}${`${month}`.padStart(2, '0')}${text.slice(4, 6)}`;
  return weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0 && hasDay(day, 'yymmdd');
};

const elevenLess = (text: string, weights: readonly number[]): boolean => {
  const rest = 11 - (weighted(text, weights) % 11);
  return (rest > 9 ? 0 : rest) === Number(text.at(-1));
};

/** Luhn where letters count as 10 to 35 before they are doubled. */
function luhnOfLetters(text: string): boolean {
  let sum = 0;
  for (const [at, char] of [...text].entries()) {
    const value = Number.parseInt(char, 36) * (at % 2 === 0 ? 2 : 1);
    sum += at % 2 === 0 && value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

export const WESTERN_EUROPE: readonly Identifier[] = [
  {
    id: 'uk_nhs',
    country: 'gb',
    forms: ['d3~d3~d4'],
    // NHS Data Dictionary: modulo 11.
    valid: (text) => varied(text) && mod11(text, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
    score: SOME,
    bare: WEAK,
    context: 'nhs|national health|health service',
  },
  {
    id: 'uk_nino',
    country: 'gb',
    forms: ['A2~d2~d2~d2~A', 'A2d2~d2~d2A', 'A2~d6~A', 'A2 d6A'],
    // HMRC NIM39110: letters and prefixes that are not given out.
    valid: (text) => /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(text),
    score: 0.75,
    bare: 0.55,
    context: 'national insurance|nino|ni number|ni no',
  },
  {
    id: 'uk_passport',
    country: 'gb',
    forms: ['d9', 'A2d7'],
    valid: varied,
    score: 0.1,
    context: 'uk passport|british passport|passport',
  },
  {
    id: 'uk_driver_license',
    country: 'gb',
    forms: ['x16', 'x5 x6 x5'],
    // DVLA: surname padded with 9, birth date with 50 added to a woman's month, initials, two check characters.
    valid: (text) =>
      /^[A-Z]{1,5}9{0,4}\d[0156]\d[0-3]\d\d[A-Z9]{2}\d[A-Z]{2}$/.test(text) && /^.{5}\d{6}/.test(text),
    score: 0.7,
    context: 'driving licen[cs]e|driver|dvla|licen[cs]e',
  },
  {
    id: 'uk_utr',
    country: 'gb',
    forms: ['d10', 'd5 d5'],
    valid: (text) => '21987654321'[weighted(text.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] === text[0],
    score: 0.1,
    context: 'utr|taxpayer reference|self assessment',
  },
  {
    id: 'uk_sort_code',
    country: 'gb',
    forms: ['d2-d2-d2'],
    valid: always,
    score: 0.1,
    context: 'sort code|sort-code|sortcode',
  },
  {
    id: 'es_nif',
    country: 'es',
    forms: ['d8~A'],
    valid: spanishLetter,
    score: LIKELY,
    context: 'nif|dni|documento nacional|identificaci[oó]n fiscal',
  },
  {
    id: 'es_nie',
    country: 'es',
    forms: ['A~d7~A'],
    valid: (text) => /^[XYZ]/.test(text) && spanishLetter(text),
    score: 0.7,
    context: 'nie|extranjero',
  },
  {
    id: 'es_nss',
    country: 'es',
    forms: ['d2 d8 d2', 'd2/d8/d2', 'd12'],
    valid: (text) => remainder(text.slice(0, 10), 97) === Number(text.slice(10)),
    score: SOME,
    bare: WEAK,
    context: 'seguridad social|nss|afiliaci[oó]n',
  },
  {
    id: 'es_passport',
    country: 'es',
    forms: ['A3d6', 'A2d6'],
    valid: always,
    score: 0.1,
    context: 'pasaporte|spanish passport',
  },
  {
    id: 'it_fiscal_code',
    country: 'it',
    forms: ['x16', 'x6 x5 x5', 'x3 x3 x5 x5'],
    valid: fiscalCode,
    score: SURE,
    context: 'codice fiscale|cod\\. ?fisc|c\\.f\\.',
  },
  {
    id: 'it_vat_code',
    country: 'it',
    forms: ['d11'],
    valid: (text) => luhn(text) && varied(text),
    score: WEAK,
    context: 'partita iva|p\\. ?iva|piva',
  },
  {
    id: 'it_driver_license',
    country: 'it',
    forms: ['A2d7A', 'A1d1x7A1'],
    valid: (text) => /^(?:[A-Z]{2}\d{7}[A-Z]|U1[A-Z\d]{7}[A-Z])$/.test(text),
    score: 0.35,
    context: 'patente',
  },
  {
    id: 'it_passport',
    country: 'it',
    forms: ['A2d7'],
    valid: always,
    score: 0.1,
    context: 'passaporto|italian passport',
  },
  {
    id: 'it_identity_card',
    country: 'it',
    forms: ['A2d5A2', 'A2~d7', 'd7A2'],
    valid: always,
    score: 0.15,
    context: "carta d['’ ]identit[aà]|identity card",
  },
  {
    id: 'de_tax_id',
    country: 'de',
    forms: ['d11', 'd2 d3 d3 d3'],
    valid: germanTaxId,
    score: LIKELY,
    bare: SOME,
    context: 'steuer-?id|steuerliche identifikation|identifikationsnummer|idnr|tin|tax id',
  },
  {
    id: 'de_social_security',
    country: 'de',
    forms: ['d8Ad3', 'd2 d6 A d3', 'd2 d6 A d2 d'],
    valid: germanPension,
    score: 0.8,
    context: 'rentenversicherung|sozialversicherung|rvnr|svnr|versicherungsnummer',
  },
  {
    id: 'de_health_insurance',
    country: 'de',
    forms: ['Ad9'],
    // § 290 SGB V: the letter as two digits, weights 1 and 2 in turn, cross sums.
    valid: (text) => {
      const digits = `${letterNumber(text[0] as string)}`.padStart(2, '0') + text.slice(1, 9);
      return (
        [...digits].reduce((sum, digit, at) => {
          const product = Number(digit) * (at % 2 === 0 ? 1 : 2);
          return sum + (product > 9 ? product - 9 : product);
        }, 0) %
          10 ===
        Number(text[9])
      );
    },
    score: 0.45,
    context: 'krankenversicher|krankenkasse|versichertennummer|kvnr',
  },
  {
    id: 'de_passport',
    country: 'de',
    forms: ['x9', 'x10'],
    // Its letters are those that cannot be taken for vowels or digits.
    valid: (text) =>
      /^[CFGHJK][\dCFGHJKLMNPRTVWXYZ]{8}\d?$/.test(text) &&
      /\d{2}/.test(text) &&
      (text.length < 10 || icao(text)),
    score: 0.15,
    context: 'reisepass|passnummer|pass-nr|german passport|passport',
  },
  {
    id: 'de_id_card',
    country: 'de',
    forms: ['x9', 'x10'],
    valid: (text) =>
      /^[LMNPRTVWXYZ][\dCFGHJKLMNPRTVWXYZ]{8}\d?$/.test(text) &&
      /\d{2}/.test(text) &&
      (text.length < 10 || icao(text)),
    score: 0.15,
    context: 'personalausweis|ausweisnummer|perso|id card',
  },
  {
    id: 'fr_nir',
    country: 'fr',
    forms: ['x15', 'd d2 d2 x2 d3 d3 d2', 'd d2 d2 x2 d3 d3'],
    valid: (text) => insee(text),
    score: SURE,
    bare: 0.7,
    context: 's[eé]curit[eé] sociale|insee|nir|num[eé]ro de s[eé]cu|carte vitale',
  },
  {
    id: 'fr_tax_id',
    country: 'fr',
    forms: ['d13', 'd2 d2 d3 d3 d3'],
    // Direction générale des finances publiques: the first ten modulo 511.
    valid: (text) => /^[0-3]/.test(text) && Number(text.slice(0, 10)) % 511 === Number(text.slice(10)),
    score: 0.45,
    bare: WEAK,
    context: 'num[eé]ro fiscal|spi|imp[oô]ts|r[eé]f[eé]rence fiscale',
  },
  {
    id: 'fr_passport',
    country: 'fr',
    forms: ['d2A2d5'],
    valid: always,
    score: 0.2,
    context: 'passeport|french passport',
  },
  {
    id: 'fr_identity_card',
    country: 'fr',
    forms: ['d12'],
    valid: varied,
    score: 0.1,
    context: "carte (?:nationale )?d['’ ]identit[eé]|cni",
  },
  {
    id: 'nl_bsn',
    country: 'nl',
    forms: ['d9', 'd3.d3.d3', 'd4.d2.d3'],
    // The eleven-test, the last digit counting −1.
    valid: (text) => varied(text) && mod11(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]),
    score: SOME,
    bare: WEAK,
    context: 'bsn|burgerservice|sofi',
  },
  {
    id: 'be_nrn',
    country: 'be',
    forms: ['d2.d2.d2-d3.d2', 'd6-d3-d2', 'd6 d3 d2', 'd11'],
    valid: belgian,
    score: SURE,
    bare: SOME,
    context: 'rijksregister|registre national|nrn|niss|insz|national register',
  },
  {
    id: 'pl_pesel',
    country: 'pl',
    forms: ['d11'],
    valid: pesel,
    score: 0.45,
    context: 'pesel',
  },
  {
    id: 'pl_nip',
    country: 'pl',
    forms: ['d3-d3-d2-d2', 'd3-d2-d2-d3', 'd10'],
    valid: (text) => weighted(text, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(text[9]),
    score: LIKELY,
    bare: WEAK,
    context: 'nip',
  },
  {
    id: 'pl_id_card',
    country: 'pl',
    forms: ['A3~d6'],
    valid: (text) =>
      [7, 3, 1, 0, 7, 3, 1, 7, 3].reduce(
        (sum, weight, at) =>
          sum + weight * (at < 3 ? letterNumber(text[at] as string) + 9 : Number(text[at])),
        0,
      ) %
        10 ===
      Number(text[3]),
    score: WEAK,
    context: 'dow[oó]d|osobist|seria i numer',
  },
  {
    id: 'pt_nif',
    country: 'pt',
    forms: ['d9', 'd3 d3 d3'],
    valid: (text) => /^[1-35689]/.test(text) && elevenLess(text, [9, 8, 7, 6, 5, 4, 3, 2]),
    score: WEAK,
    context: 'nif|contribuinte|identifica[cç][aã]o fiscal',
  },
  {
    id: 'pt_citizen_card',
    country: 'pt',
    forms: ['d8 d x3', 'd8-d-x3', 'x12'],
    valid: (text) => /^\d{9}[A-Z]{2}\d$/.test(text) && luhnOfLetters(text),
    score: 0.7,
    context: 'cart[aã]o de cidad[aã]o|cc',
  },
];
