import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { type Candidate, type Find, partOfMore, weigh, wordsOf } from './candidate.ts';

/** Digits in up to eight groups. What is between two of them is short, so a run is read once. */
const RUN =
  /(?<![\p{L}\p{N}_])(?:\+|00(?=[1-9])|\()?\d(?:[ \u00a0]?[-./() \u2010\u2011\u2013][ \u00a0(]?\d|[ \u00a0]?\d|\)\d){5,18}(?!(?!x\d{1,5}(?!\w))[\p{L}\p{N}_])/gu;

const EXTENSION = /^[ ,;]{0,2}(?:ext\.?|extension|x|durchwahl|poste|int\.?)[ .:]?\d{1,5}(?!\w)/i;

const WORDS = wordsOf(
  [
    'tel|tell|phone|phones|telephone|mobile|cell|cellphone|call|calls|called|calling|text me|sms|fax|whatsapp|telegram|signal|viber|reach|ring|dial|landline|hotline|contact|contact number',
    'telefon|telefonnummer|handy|mobil|rufnummer|anrufen|rückruf|festnetz|telefono|tel[eé]fono|m[oó]vil|celular|llamar|llame|ll[aá]mame|cellulare|chiamare|chiama|chiamami|t[eé]l|t[eé]l[eé]phone|portable|appelez|appeler|joindre',
    'telefone|telem[oó]vel|ligar|ligue|telefoon|mobiel|bellen|bel|telefonu|kom[oó]rka|kom[oó]rkowy|zadzwoń|numer telefonu|ring|mobilnummer|puhelin|puhelinnumero|numero|телефон|тел|моб|звоните|позвоните|телефону|τηλ|τηλέφωνο|κινητό|cep|gsm|ara|電話|携帯|电话|手机|致电|전화|휴대폰|연락처|هاتف|جوال|موبايل|فون|טלפון|נייד|फ़ोन|फोन|मोबाइल|โทร|điện thoại|telepon|hp',
  ].join('|'),
);

/** Ways in which people write numbers of their own country, and the countries that do. */
const NATIONAL: readonly [form: RegExp, countries: readonly CountryCode[], score: number][] = [
  [/^\(\d{3}\) ?\d{3}[- .]\d{4}$/, ['US'], 0.8],
  [/^(?:1[-. ])?\d{3}-\d{3}-\d{4}$/, ['US'], 0.7],
  [/^(?:1[-. ])?\d{3}\.\d{3}\.\d{4}$/, ['US'], 0.65],
  [/^\d{3} \d{3} \d{4}$/, ['US', 'ZA', 'TR', 'MX'], 0.45],
  [/^0\d \d\d \d\d \d\d \d\d$|^0\d([.-])\d\d\1\d\d\1\d\d\1\d\d$/, ['FR'], 0.8],
  [
    /^\(?0[1-9]\d{0,4}\)?[ /-]{1,3}\d[\d -]{3,9}$/,
    ['DE', 'GB', 'AT', 'CH', 'IT', 'NL', 'SE', 'BE', 'JP', 'AU', 'IN', 'TR', 'KR', 'CN', 'ZA'],
    0.6,
  ],
  [/^0\d{1,4}-\d{1,4}-\d{3,4}$/, ['JP', 'KR', 'TW', 'CN', 'TR', 'ID', 'PL'], 0.75],
  [/^\(?0\d{1,4}\)? \d{3,4} \d{3,4}$/, ['GB', 'AU', 'NZ', 'IE', 'IN', 'ZA', 'NL', 'TR'], 0.7],
  [/^[679]\d{2}[ -]\d{3}[ -]\d{3}$/, ['ES', 'PL', 'PT'], 0.4],
  [/^[679]\d{2} \d{2} \d{2} \d{2}$/, ['ES'], 0.7],
  [/^\(\d{2}\) ?9?\d{4}-\d{4}$/, ['BR'], 0.85],
  [/^8 ?\(\d{3}\) ?\d{3}-\d{2}-\d{2}$|^8 \d{3} \d{3}[- ]\d{2}[- ]\d{2}$/, ['RU', 'KZ'], 0.85],
  [/^1[3-9]\d-?\d{4}-?\d{4}$|^1[3-9]\d \d{4} \d{4}$/, ['CN'], 0.5],
  [/^[6-9]\d{4}[ -]\d{5}$/, ['IN'], 0.6],
  [
    /^\d{3} \d{3} \d{3}$|^\d{2} \d{3} \d{2} \d{2}$|^\d{2} \d{2} \d{2} \d{2}$|^\d{3} \d{2} \d{3}$|^\d{4}[ -]\d{4}$/,
    ['CZ', 'PL', 'NO', 'DK', 'SG', 'HU', 'PT', 'HK'],
    0.3,
  ],
];

/** Where a number without separators or of another form may be from, if the words around it say that it is one. */
const ANYWHERE: readonly CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'PL',
  'PT',
  'BR',
  'IN',
  'JP',
  'AU',
  'SE',
  'MX',
  'TR',
  'ZA',
  'CN',
];

/** America, as it is dialled from elsewhere: the groups say what it is, whether or not its area is given out. */
const DIALLED = /^001[-.]\d{3}[-.]\d{3}[-.]\d{4}$/;

const DATE =
  /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|(?:19|20)\d\d[- /](?:19|20)\d\d)(?![-./]?\d)/;

/** What is counted or measured right behind a number: `706 507 720 units`. */
const COUNTED =
  /^ ?(?:units?|pieces|pcs|items|rows|records|events|bytes|[kmgt]i?b|files|lines|times|users|people|votes|shares|tons|tonnes|metres|meters|km|kg|mm|ms|seconds|years|euros?|dollars|pounds|EUR|USD|GBP|Stück|Zeilen|Einwohner|habitants|unités|unidades|pezzi|stuks|sztuk)(?!\p{L})/iu;

/** The code by which one dials abroad, before a country's: `0049`, never `00.49` or `000`. */
const ABROAD = /^00[ -]?(?=[1-9])/;

export const phones: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(RUN)) {
    let written = match[0];
    const start = from + match.index;
    if ((written.match(/\(/g)?.length ?? 0) > (written.match(/\)/g)?.length ?? 0))
      written = written.replace(/\s*\([^)]*$/, '');
    const extension = EXTENSION.exec(text.slice(start + written.length, start + written.length + 20));
    const one = judge(text, start, written, extension?.[0].length ?? 0);
    if (one !== undefined) add(one);
  }
};

function judge(text: string, start: number, written: string, extension: number): Candidate | undefined {
  const digits = written.replace(/\D/g, '');
  const end = start + written.length + extension;
  if (digits.length < 7 || digits.length > 17 || DATE.test(written) || /^(\d)\1+$/.test(digits)) return;
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(written)) return;
  const plus = written.startsWith('+')
    ? written
    : ABROAD.test(written)
      ? written.replace(ABROAD, '+')
      : undefined;
  if (plus === undefined && (written.startsWith('00') || COUNTED.test(text.slice(end, end + 16)))) return;
  // E.164 ends at fifteen digits: cards and accounts need no plan of any country.
  if (plus === undefined && (digits.length > 15 || partOfMore(text, start, end))) return;
  const found = (score: number): Candidate => weigh(text, { id: 'phone_number', start, end, score }, WORDS);
  if (plus !== undefined) {
    const number = parsePhoneNumberFromString(plus.replace(/\(0\)/, ''));
    if (number?.isPossible())
      return found(
        written.startsWith('+')
          ? number.isValid()
            ? 0.9
            : 0.75
          : number.isValid() || DIALLED.test(written)
            ? 0.6
            : 0.2,
      );
    return undefined;
  }
  for (const [form, countries, score] of NATIONAL) {
    if (!form.test(written)) continue;
    const valid = countries.some((country) => parsePhoneNumberFromString(written, country)?.isValid());
    // Examples (555) and area codes that are not given out yet look like numbers too, to those who read them.
    const one = found(valid ? score : score - 0.15);
    if (valid || one.score >= 0.5) return one;
  }
  const one = found(0.05);
  if (one.score < 0.5) return undefined;
  return ANYWHERE.some((country) => parsePhoneNumberFromString(written, country)?.isPossible())
    ? one
    : undefined;
}
