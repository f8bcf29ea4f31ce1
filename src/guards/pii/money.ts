import { createHash } from 'node:crypto';
import { type Candidate, type Find, partOfMore, weigh, wordsOf } from './candidate.ts';
import { luhn, mod97, varied } from './checksums.ts';

/** ISO/IEC 7812 ranges that are given out, and the lengths of their numbers. */
const ISSUERS: readonly [range: RegExp, lengths: readonly number[]][] = [
  [/^4/, [16, 13, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^3(?:0[0-5]|095|6|[89])/, [14, 16]],
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6[37])/, [16, 12, 13, 14, 15, 17, 18, 19]],
  [/^220[0-4]/, [16, 19]],
];

const CARD = /(?<![\p{L}\p{N}])\d(?:[ \u00a0-]?\d){11,18}(?![\p{L}\p{N}])/gu;
const CARD_WORDS = wordsOf(
  'cards?|card number|credit|debit|visa|mastercard|amex|american express|maestro|discover|diners|jcb|unionpay|kreditkarte|kartennummer|karte|carte|carte bancaire|cb|tarjeta|carta|carta di credito|cart[aã]o|creditcard|kaart|karta|karty|kort|kortti|kart|карта|карты|カード|信用卡|카드|बैंक कार्ड|بطاقة|charge|charged|payment|pay with|pan',
);

export const cards: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(CARD)) {
    const digits = match[0].replace(/\D/g, '');
    const issuer = ISSUERS.find(([range]) => range.test(digits));
    if (issuer === undefined || !issuer[1].includes(digits.length) || !luhn(digits) || !varied(digits))
      continue;
    const start = from + match.index;
    const end = start + match[0].length;
    if (partOfMore(text, start, end)) continue;
    const usual = digits.length === issuer[1][0];
    const grouped = /^(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})$/.test(match[0]);
    if (/\D/.test(match[0]) && !grouped && !/^\d{4}(?:[ -]?\d{2,6})+$/.test(match[0])) continue;
    const one: Candidate = { id: 'credit_card', start, end, score: grouped ? 0.85 : usual ? 0.65 : 0.3 };
    add(weigh(text, one, CARD_WORDS));
  }
};

/** SWIFT's registry: how long each country's numbers are. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 ' +
    'MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 ' +
    'SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const IBAN = /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,30}/gu;

export const ibans: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(IBAN)) {
    const length = IBAN_LENGTHS[match[0].slice(0, 2).toUpperCase()];
    if (length === undefined) continue;
    let end = 0;
    for (let taken = 0; taken < length && end < match[0].length; end++)
      if (/[A-Za-z0-9]/.test(match[0][end] as string)) taken++;
    const compact = match[0]
      .slice(0, end)
      .replace(/[ \u00a0-]/g, '')
      .toUpperCase();
    const start = from + match.index;
    if (compact.length !== length || /[\p{L}\p{N}]/u.test(text[start + end] ?? ' ')) continue;
    if (mod97(compact.slice(4) + compact.slice(0, 4)))
      add({ id: 'iban_code', start, end: start + end, score: 0.98 });
  }
};

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const COIN =
  /(?<![\p{L}\p{N}])(?:[13LMDT9A][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|ltc1|tb1)[02-9ac-hj-np-z]{11,71}|0x[0-9a-fA-F]{40})(?![\p{L}\p{N}])/gu;
const COIN_WORDS = wordsOf(
  'wallet|bitcoin|btc|eth|ether|ethereum|crypto|litecoin|ltc|tron|trx|dogecoin|usdt|usdc|coins?|address|adresse|direcci[oó]n|indirizzo|send|sent',
);

/** Base58Check: a version, twenty bytes, and four of the double SHA-256 of both. */
function base58Check(text: string): boolean {
  let value = 0n;
  for (const char of text) value = value * 58n + BigInt(BASE58.indexOf(char));
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  const hex = value.toString(16);
  const bytes = Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')]);
  if (bytes.length !== 25) return false;
  const once = createHash('sha256').update(bytes.subarray(0, 21)).digest();
  return createHash('sha256').update(once).digest().subarray(0, 4).equals(bytes.subarray(21));
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173 and BIP 350. */
function bech32(text: string): boolean {
  const split = text.lastIndexOf('1');
  const prefix = text.slice(0, split);
  const values = [
    ...[...prefix].map((char) => char.charCodeAt(0) >> 5),
    0,
    ...[...prefix].map((char) => char.charCodeAt(0) & 31),
    ...[...text.slice(split + 1)].map((char) => BECH32.indexOf(char)),
  ];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
      if ((top >>> bit) & 1) check ^= term;
    }
  }
  return check === 1 || check === 0x2bc830a3;
}

export const coins: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(COIN)) {
    const one = { id: 'crypto', start: from + match.index, end: from + match.index + match[0].length };
    if (match[0].startsWith('0x')) {
      // EIP-55's checksum is in the case of the letters; an address without any is as common.
      if (varied(match[0].slice(2))) add(weigh(text, { ...one, score: 0.55 }, COIN_WORDS));
    } else if (/^(?:bc|ltc|tb)1/.test(match[0]) ? bech32(match[0]) : base58Check(match[0]))
      add({ ...one, score: 0.95 });
  }
};
