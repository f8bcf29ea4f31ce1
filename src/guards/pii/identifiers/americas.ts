import { hasDay, luhn, mod11, varied, weighted } from '../checksums.ts';
import { type Identifier, LIKELY, SOME, SURE, WEAK } from './identifier.ts';

/** SSA POMS RM 10201.035: no area 000, 666 or 9xx, no group 00, no serial 0000. And the numbers that leaflets showed. */
const ssn = (text: string): boolean =>
  /^(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}$/.test(text) &&
  !['078051120', '219099999', '123456789'].includes(text) &&
  varied(text);

/** IRS Publication 1915: 9xx, with 50–65, 70–88, 90–92 or 94–99 in the middle. */
const itin = (text: string): boolean => /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-2]|9[4-9])\d{4}$/.test(text);

/** Two check digits modulo 11, each 11 less the rest, and 0 for ten and more (Brazil). */
function brazilian(text: string, first: readonly number[], second: readonly number[]): boolean {
  // Letters in the CNPJ of 2026 count as their ASCII code less 48, as digits do.
  const digit = (weights: readonly number[]): number => {
    const rest = weighted(text, weights) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  return varied(text) && `${digit(first)}${digit(second)}` === text.slice(-2);
}

const CNPJ = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/** DEA: first, third and fifth, and twice second, fourth and sixth. */
const dea = (text: string): boolean =>
  /^[ABCDEFGHJKLMPRSTUX]/.test(text) && weighted(text.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === Number(text[8]);

const CURP = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

/** Secretaría de Gobernación: weights 18 to 2 over the places in an alphabet with Ñ. */
function curp(text: string): boolean {
  if (!/^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[\dA-Z]\d$/.test(text)) return false;
  const sum = [...text.slice(0, 17)].reduce((all, char, at) => all + CURP.indexOf(char) * (18 - at), 0);
  return (10 - (sum % 10)) % 10 === Number(text[17]) && hasDay(text.slice(4, 10), 'yymmdd');
}

/** A rest taken from 11 that may be ten, written as a letter (Chile's RUT: K). */
function rut(text: string): boolean {
  const digits = [...text.slice(0, -1)].reverse();
  const rest = 11 - (digits.reduce((sum, digit, at) => sum + Number(digit) * ((at % 6) + 2), 0) % 11);
  return /^\d{7,8}[\dK]$/.test(text) && varied(text.slice(0, -1)) && '0123456789K0'[rest] === text.at(-1);
}

export const AMERICAS: readonly Identifier[] = [
  {
    id: 'us_ssn',
    country: 'us',
    forms: ['d3-d2-d4', 'd3 d2 d4', 'd3.d2.d4', 'd9'],
    valid: ssn,
    score: 0.7,
    bare: 0.1,
    context:
      'ssn|ssns|social security|soc\\.? ?sec|social insurance|seguro social|sozialversicherung|s[eé]curit[eé] sociale',
  },
  {
    id: 'us_itin',
    country: 'us',
    forms: ['d3-d2-d4', 'd3 d2 d4', 'd9'],
    valid: itin,
    score: LIKELY,
    bare: 0.1,
    context: 'itin|individual taxpayer|taxpayer id|tax id',
  },
  {
    id: 'us_passport',
    country: 'us',
    forms: ['d9', 'Ad8'],
    valid: varied,
    score: 0.1,
    context: 'us passport|american passport|passport',
  },
  {
    id: 'us_bank_number',
    country: 'us',
    forms: ['d8', 'd9', 'd10', 'd11', 'd12', 'd13', 'd14', 'd15', 'd16', 'd17', 'd4-d4-d4', 'd3-d6-d3'],
    valid: varied,
    score: 0.05,
    context:
      'bank account|account number|account no|account #|acct|checking account|savings account|bank acct|kontonummer|num[eé]ro de compte|n[uú]mero de cuenta|conta banc[aá]ria|rekeningnummer|numer konta|routing and account',
  },
  {
    id: 'us_aba_routing',
    country: 'us',
    forms: ['d9', 'd4-d4-d1'],
    // ABA: weights 3, 7, 1; the Federal Reserve district comes first.
    valid: (text) =>
      /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(text) &&
      varied(text) &&
      weighted(text, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
    score: 0.1,
    context: 'routing|aba|rtn',
  },
  {
    id: 'us_driver_license',
    country: 'us',
    forms: [
      'Ad7',
      'Ad8',
      'Ad12',
      'Ad13',
      'A2d6',
      'A1d3-d4-d4',
      'A1d3-d3-d2-d3-d1',
      'd7',
      'd8',
      'd9',
      'A2d7',
      'Ad6',
      'Ad14',
    ],
    valid: varied,
    score: 0.1,
    context:
      "driver'?s? licen[cs]e|driving licen[cs]e|drivers licen[cs]e|dl number|dl no|dl#|license number|licence number",
  },
  {
    id: 'us_ein',
    country: 'us',
    forms: ['d2-d7'],
    valid: varied,
    score: 0.2,
    context: 'ein|employer identification|federal tax id|fein',
  },
  {
    id: 'us_mbi',
    country: 'us',
    forms: ['x4-x3-x4', 'x11'],
    // CMS: eleven places, letters without S, L, O, I, B and Z.
    valid: (text) =>
      /^[1-9][AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d\d$/.test(
        text,
      ),
    score: 0.8,
    context: 'medicare|mbi|beneficiary',
  },
  {
    id: 'us_npi',
    country: 'us',
    forms: ['d10'],
    // 45 CFR 162.406: Luhn with the prefix 80840.
    valid: (text) => /^[12]/.test(text) && luhn(`80840${text}`),
    score: 0.2,
    context: 'npi|national provider',
  },
  {
    id: 'medical_license',
    country: 'us',
    forms: ['A2d7', 'Axd7'],
    valid: dea,
    score: 0.55,
    context: 'dea|medical licen[cs]e|prescriber|registration',
  },
  {
    id: 'medical_record_number',
    forms: [
      'd5',
      'd6',
      'd7',
      'd8',
      'd9',
      'd10',
      'A1d6',
      'A1d7',
      'A2d6',
      'A3d6',
      'A3d7',
      'A3-d6',
      'A3-d7',
      'A3-d8',
      'A2-d6',
      'd3-d3-d3',
      'd2-d2-d2',
      'd3-d3',
      'd4-d4',
    ],
    valid: varied,
    score: 0.05,
    context:
      'mrn|medical record|patient id|patient no|patient number|chart number|chart no|hospital number|hospital no|patientennummer|fallnummer|num[eé]ro de patient|historia cl[ií]nica|cartella clinica|prontu[aá]rio|pati[eë]ntnummer|numer pacjenta|dossier m[eé]dical|病历号|カルテ番号|номер карты',
  },
  {
    id: 'ca_sin',
    country: 'ca',
    forms: ['d3 d3 d3', 'd3-d3-d3', 'd9'],
    valid: (text) => !/^[08]/.test(text) && luhn(text) && varied(text),
    score: 0.45,
    bare: 0.1,
    context: 'sin|social insurance|num[eé]ro d.assurance sociale|nas',
  },
  {
    id: 'ca_health_card',
    country: 'ca',
    forms: ['d4-d3-d3', 'd4 d3 d3', 'd4-d3-d3-A2'],
    valid: (text) => luhn(text.slice(0, 10)),
    score: WEAK,
    context: 'ohip|health card|carte sant[eé]|medicare',
  },
  {
    id: 'mx_curp',
    country: 'mx',
    forms: ['x18'],
    valid: curp,
    score: 0.95,
    context: 'curp',
  },
  {
    id: 'mx_rfc',
    country: 'mx',
    forms: ['x13', 'A4-d6-x3'],
    valid: (text) => /^[A-ZÑ&]{4}\d{6}[A-Z\d]{2}[\dA]$/.test(text) && hasDay(text.slice(4, 10), 'yymmdd'),
    score: 0.7,
    context: 'rfc|contribuyentes',
  },
  {
    id: 'br_cpf',
    country: 'br',
    forms: ['d3.d3.d3-d2', 'd11', 'd9-d2'],
    valid: (text) => brazilian(text, [10, 9, 8, 7, 6, 5, 4, 3, 2], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]),
    score: SURE,
    bare: SOME,
    context: 'cpf|cadastro de pessoa',
  },
  {
    id: 'br_cnpj',
    country: 'br',
    forms: ['x2.x3.x3/x4-x2', 'x14'],
    valid: (text) => /\d\d$/.test(text) && brazilian(text, CNPJ, [6, ...CNPJ]),
    score: SURE,
    bare: SOME,
    context: 'cnpj',
  },
  {
    id: 'br_rg',
    country: 'br',
    forms: ['d2.d3.d3-x', 'd9'],
    valid: varied,
    score: 0.45,
    bare: 0.05,
    context: 'rg|registro geral|identidade',
  },
  {
    id: 'ar_cuit',
    country: 'ar',
    forms: ['d2-d8-d', 'd11'],
    valid: (text) => /^(?:2[03457]|3[034])/.test(text) && mod11(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]),
    score: 0.75,
    bare: SOME,
    context: 'cuit|cuil',
  },
  {
    id: 'ar_dni',
    country: 'ar',
    forms: ['d2.d3.d3', 'd8'],
    valid: varied,
    score: 0.1,
    context: 'dni|documento',
  },
  {
    id: 'cl_rut',
    country: 'cl',
    forms: ['d2.d3.d3-x', 'd1.d3.d3-x', 'd8-x', 'd7-x'],
    valid: rut,
    score: 0.8,
    context: 'rut|run',
  },
  {
    id: 'co_cedula',
    country: 'co',
    forms: ['d1.d3.d3.d3', 'd2.d3.d3', 'd8', 'd10'],
    valid: varied,
    score: 0.1,
    context: 'c[eé]dula|c\\.c\\.',
  },
  { id: 'pe_dni', country: 'pe', forms: ['d8', 'd8-d'], valid: varied, score: 0.05, context: 'dni' },
  {
    id: 'ec_cedula',
    country: 'ec',
    forms: ['d10', 'd9-d'],
    valid: (text) => Number(text.slice(0, 2)) <= 24 && text[2] !== '7' && luhn(text),
    score: 0.2,
    context: 'c[eé]dula',
  },
  {
    id: 'uy_ci',
    country: 'uy',
    forms: ['d1.d3.d3-d', 'd8'],
    valid: (text) => weighted(text, [2, 9, 8, 7, 6, 3, 4, 1]) % 10 === 0,
    score: 0.7,
    bare: 0.1,
    context: 'c[eé]dula|c\\.i\\.',
  },
  {
    id: 'do_cedula',
    country: 'do',
    forms: ['d3-d7-d', 'd11'],
    valid: luhn,
    score: 0.7,
    bare: WEAK,
    context: 'c[eé]dula',
  },
  {
    id: 'mx_clabe',
    country: 'mx',
    forms: ['d18'],
    // Weights 3, 7, 1; only the last digit of each product counts.
    valid: (text) => {
      const sum = [...text.slice(0, 17)].reduce(
        (all, digit, at) => all + ((Number(digit) * ([3, 7, 1][at % 3] as number)) % 10),
        0,
      );
      return (10 - (sum % 10)) % 10 === Number(text[17]);
    },
    score: WEAK,
    context: 'clabe',
  },
];
