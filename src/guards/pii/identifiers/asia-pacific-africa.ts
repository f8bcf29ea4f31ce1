import { hasDay, luhn, mod11, mod11And2, varied, verhoeff, weighted } from '../checksums.ts';
import { always, type Identifier, LIKELY, SOME, SURE, WEAK } from './identifier.ts';

/** ATO: the first digit less one, weighted, modulo 89. */
const abn = (text: string): boolean =>
  text[0] !== '0' &&
  weighted(`${Number(text[0]) - 1}${text.slice(1)}`, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 === 0;

/** ICA: the weighted sum, plus 4 for T and G and 3 for M, picks the letter. */
function nric(text: string): boolean {
  const first = text[0] as string;
  const sum = weighted(text.slice(1), [2, 7, 6, 5, 4, 3, 2]) + ({ T: 4, G: 4, M: 3 }[first] ?? 0);
  if (first === 'M') return 'KLJNPQRTUWX'[10 - (sum % 11)] === text[8];
  const letters = { S: 'JZIHGFEDCBA', T: 'JZIHGFEDCBA', F: 'XWUTRQPNMLK', G: 'XWUTRQPNMLK' }[first];
  return letters?.[sum % 11] === text[8];
}

/** Immigration Department: letters count as 10 to 35, a single one is preceded by 36; weights 9 to 1. */
function hkid(text: string): boolean {
  const padded = text.length === 8 ? ` ${text}` : text;
  let sum = 0;
  for (const [at, char] of [...padded].entries()) {
    const value = char === ' ' ? 36 : Number.parseInt(char, 36);
    sum += (at === 8 && char === 'A' ? 10 : value) * (9 - at);
  }
  return sum % 11 === 0;
}

/** Taiwan: the letter is two digits by the table of counties; weights 1, 9, 8 … 1, 1. */
function taiwanese(text: string): boolean {
  const county = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(text[0] as string) + 10;
  const digits = `${county}${text.slice(1)}`;
  return /^[A-Z][1289]/.test(text) && weighted(digits, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0;
}

const GSTIN = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Luhn modulo 36 (India's GSTIN). */
function gstin(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const product = GSTIN.indexOf(text[at] as string) * (at % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 36) + (product % 36);
  }
  return /^[0-3]\d[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]$/.test(text) && sum % 36 === 0;
}

export const ASIA_PACIFIC_AFRICA: readonly Identifier[] = [
  {
    id: 'au_abn',
    country: 'au',
    forms: ['d2 d3 d3 d3', 'd11'],
    valid: abn,
    score: LIKELY,
    bare: WEAK,
    context: 'abn|australian business',
  },
  {
    id: 'au_acn',
    country: 'au',
    forms: ['d3 d3 d3', 'd9'],
    valid: (text) => (10 - (weighted(text, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === Number(text[8]),
    score: WEAK,
    bare: 0.1,
    context: 'acn|australian company',
  },
  {
    id: 'au_tfn',
    country: 'au',
    forms: ['d3 d3 d3', 'd9', 'd3-d3-d3'],
    valid: (text) => varied(text) && mod11(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]),
    score: SOME,
    bare: 0.1,
    context: 'tfn|tax file',
  },
  {
    id: 'au_medicare',
    country: 'au',
    forms: ['d4 d5 d', 'd4-d5-d', 'd10', 'd4 d5 d-d', 'd4 d5 d/d'],
    valid: (text) => /^[2-6]/.test(text) && weighted(text, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(text[8]),
    score: 0.55,
    bare: 0.1,
    context: 'medicare',
  },
  {
    id: 'nz_ird',
    country: 'nz',
    forms: ['d2-d3-d3', 'd3-d3-d3', 'd8', 'd9'],
    valid: (text) => {
      const digits = text.padStart(9, '0');
      const check = (weights: readonly number[]): number => (11 - (weighted(digits, weights) % 11)) % 11;
      const first = check([3, 2, 7, 6, 5, 4, 3, 2]);
      return (
        (first < 10 ? first : check([7, 4, 3, 2, 5, 2, 7, 6])) === Number(digits[8]) &&
        Number(text) > 10_000_000
      );
    },
    score: SOME,
    bare: 0.1,
    context: 'ird|inland revenue',
  },
  {
    id: 'nz_nhi',
    country: 'nz',
    forms: ['A3d4'],
    // HISO 10046: letters without I and O, weights 7 to 2, modulo 11.
    valid: (text) => {
      const value = (char: string): number =>
        /\d/.test(char) ? Number(char) : 'ABCDEFGHJKLMNPQRSTUVWXYZ'.indexOf(char) + 1;
      const rest = [...text.slice(0, 6)].reduce((sum, char, at) => sum + value(char) * (7 - at), 0) % 11;
      return !/[IO]/.test(text) && rest !== 0 && (11 - rest) % 10 === Number(text[6]);
    },
    score: WEAK,
    context: 'nhi|national health index',
  },
  {
    id: 'in_pan',
    country: 'in',
    forms: ['A5d4A'],
    valid: (text) => /^[A-Z]{3}[ABCFGHJLPT]/.test(text) && !text.startsWith('0000', 5),
    score: 0.75,
    context: 'pan|permanent account|income tax',
  },
  {
    id: 'in_aadhaar',
    country: 'in',
    forms: ['d4 d4 d4', 'd4-d4-d4', 'd12'],
    valid: (text) => /^[2-9]/.test(text) && verhoeff(text) && text !== [...text].reverse().join(''),
    score: LIKELY,
    bare: WEAK,
    context: 'aadhaar|aadhar|uidai|आधार',
  },
  {
    id: 'in_voter',
    country: 'in',
    forms: ['A3d7'],
    valid: varied,
    score: WEAK,
    context: 'voter|epic|election',
  },
  {
    id: 'in_passport',
    country: 'in',
    forms: ['Ad7', 'A d7'],
    valid: (text) => /^[A-Z][1-9]\d{5}[1-9]$/.test(text),
    score: 0.1,
    context: 'passport|पासपोर्ट',
  },
  { id: 'in_gstin', country: 'in', forms: ['x15'], valid: gstin, score: 0.85, context: 'gstin|gst' },
  {
    id: 'sg_nric_fin',
    country: 'sg',
    forms: ['Ad7A'],
    valid: (text) => /^[STFGM]/.test(text) && nric(text),
    score: 0.85,
    context: 'nric|fin|singapore',
  },
  {
    id: 'my_nric',
    country: 'my',
    forms: ['d6-d2-d4', 'd12'],
    valid: (text) => hasDay(text, 'yymmdd') && !/^.{6}(?:00|1[7-9]|20|69|[78][01])/.test(text),
    score: 0.65,
    bare: 0.1,
    context: 'mykad|nric|kad pengenalan|ic number|no\\. ?k\\.?p',
  },
  {
    id: 'th_id',
    country: 'th',
    forms: ['d-d4-d5-d2-d', 'd d4 d5 d2 d', 'd13'],
    valid: (text) =>
      (11 - (weighted(text, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === Number(text[12]),
    score: 0.85,
    bare: WEAK,
    context: 'บัตรประชาชน|เลขประจำตัว|thai id|citizen id',
  },
  {
    id: 'id_nik',
    country: 'id',
    forms: ['d16'],
    valid: (text) => {
      const day = Number(text.slice(6, 8));
      return /^[1-9]/.test(text) && hasDay(`${`${day % 40}`.padStart(2, '0')}${text.slice(8, 12)}`, 'ddmmyy');
    },
    score: 0.35,
    context: 'nik|ktp|kependudukan',
  },
  {
    id: 'ph_sss',
    country: 'ph',
    forms: ['d2-d7-d'],
    valid: varied,
    score: 0.45,
    context: 'sss|social security',
  },
  {
    id: 'vn_cccd',
    country: 'vn',
    forms: ['d12'],
    valid: (text) => /^0/.test(text),
    score: 0.1,
    context: 'cccd|căn cước|cmnd',
  },
  {
    id: 'pk_cnic',
    country: 'pk',
    forms: ['d5-d7-d'],
    valid: varied,
    score: 0.75,
    context: 'cnic|nadra|شناختی',
  },
  {
    id: 'hk_hkid',
    country: 'hk',
    forms: ['Ad6(x)', 'A2d6(x)'],
    valid: hkid,
    score: 0.8,
    context: 'hkid|hong kong|身份證',
  },
  {
    id: 'tw_id',
    country: 'tw',
    forms: ['Ad9'],
    valid: taiwanese,
    score: LIKELY,
    context: '身分證|身份證|taiwan',
  },
  {
    id: 'jp_my_number',
    country: 'jp',
    forms: ['d4 d4 d4', 'd4-d4-d4', 'd12'],
    // 総務省令第85号: weights 6 to 2 and 7 to 2, modulo 11.
    valid: (text) => {
      const rest = weighted(text, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
      return varied(text) && (rest < 2 ? 0 : 11 - rest) === Number(text[11]);
    },
    score: WEAK,
    bare: 0.1,
    context: 'マイナンバー|個人番号|my number|individual number',
  },
  {
    id: 'jp_passport',
    country: 'jp',
    forms: ['A2d7'],
    valid: always,
    score: 0.1,
    context: '旅券|パスポート|japanese passport',
  },
  {
    id: 'kr_rrn',
    country: 'kr',
    forms: ['d6-d7', 'd13'],
    // Numbers given out since October 2020 have no check digit, so a date must do.
    valid: (text) => hasDay(text, 'yymmdd'),
    score: 0.65,
    bare: 0.1,
    context: '주민등록|주민번호|rrn|resident registration',
  },
  {
    id: 'cn_id',
    country: 'cn',
    forms: ['x18'],
    // GB 11643-1999: ISO 7064 MOD 11-2.
    valid: (text) =>
      /^[1-9]\d{16}[\dX]$/.test(text) && hasDay(text.slice(6, 14), 'yyyymmdd') && mod11And2(text),
    score: 0.95,
    context: '身份证|居民身份|chinese id|resident id',
  },
  {
    id: 'cn_passport',
    country: 'cn',
    forms: ['Ad8', 'A2d7'],
    valid: always,
    score: 0.1,
    context: '护照|chinese passport',
  },
  {
    id: 'za_id',
    country: 'za',
    forms: ['d13', 'd6 d4 d3', 'd6 d4 d2 d'],
    valid: (text) => hasDay(text, 'yymmdd') && /^\d{10}[012]/.test(text) && luhn(text),
    score: LIKELY,
    context: 'south african|sa id|rsa id|id number|identity number|id no',
  },
  {
    id: 'ng_nin',
    country: 'ng',
    forms: ['d11'],
    valid: varied,
    score: 0.1,
    context: 'nin|national identification',
  },
  {
    id: 'ng_bvn',
    country: 'ng',
    forms: ['d11'],
    valid: (text) => text.startsWith('22'),
    score: 0.1,
    context: 'bvn|bank verification',
  },
  {
    id: 'ke_id',
    country: 'ke',
    forms: ['d8'],
    valid: varied,
    score: 0.05,
    context: 'kenyan id|kitambulisho|huduma',
  },
  {
    id: 'eg_id',
    country: 'eg',
    forms: ['d14'],
    valid: (text) => /^[23]/.test(text) && hasDay(text.slice(1, 7), 'yymmdd'),
    score: 0.35,
    context: 'الرقم القومي|egyptian|national id',
  },
  {
    id: 'ae_emirates_id',
    country: 'ae',
    forms: ['d3-d4-d7-d'],
    valid: (text) => text.startsWith('784'),
    score: SURE,
    context: 'emirates id|هوية',
  },
  {
    id: 'sa_id',
    country: 'sa',
    forms: ['d10'],
    valid: (text) => /^[12]/.test(text) && luhn(text),
    score: 0.2,
    context: 'iqama|saudi|هوية|national id',
  },
  {
    id: 'il_id',
    country: 'il',
    forms: ['d9', 'd8-d'],
    valid: (text) => varied(text) && luhn(text),
    score: 0.1,
    context: 'תעודת זהות|ת\\.ז|teudat zehut|israeli id',
  },
  {
    id: 'ir_melli',
    country: 'ir',
    forms: ['d10', 'd3-d6-d'],
    valid: (text) => {
      const rest = weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return varied(text) && (rest < 2 ? rest : 11 - rest) === Number(text[9]);
    },
    score: WEAK,
    bare: 0.1,
    context: 'کد ملی|melli',
  },
  {
    id: 'kz_iin',
    country: 'kz',
    forms: ['d12'],
    valid: (text) => {
      const first = weighted(text, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
      const check = first < 10 ? first : weighted(text, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
      return hasDay(text, 'yymmdd') && check === Number(text[11]);
    },
    score: SOME,
    context: 'иин|жсн|iin',
  },
  {
    id: 'lk_nic',
    country: 'lk',
    forms: ['d9A'],
    valid: (text) => /[VX]$/.test(text) && Number(text.slice(2, 5)) % 500 <= 366,
    score: 0.5,
    context: 'nic|national identity',
  },
];
