import type { Random } from '../../../train/random.ts';

/** Values with a form of their own. All are made up; check digits are right where there are any. */

const digit = (random: Random): string => String(random.below(10));

/** `#` is a digit, `%` one from 1 to 9, `?` a capital letter; the rest stays. */
export const fill = (random: Random, form: string): string =>
  form.replace(/[#%?]/g, (sign) =>
    sign === '#'
      ? digit(random)
      : sign === '%'
        ? String(1 + random.below(9))
        : String.fromCharCode(65 + random.below(26)),
  );

const between = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);
const two = (value: number): string => String(value).padStart(2, '0');

/** As people, forms and Faker write numbers of 26 countries. */
const PHONES = [
  '(%##) %##-####',
  '%##-%##-####',
  '%##.%##.####',
  '+1 %## %## ####',
  '+1-%##-%##-####',
  '(2##)%##-####x###',
  '001-4##-%##-####',
  '(415) %##-#### ext. ###',
  '1-800-%##-####',
  '416-%##-#### x##',
  '+44 20 7### ####',
  '020 8### ####',
  '+44 (0)161 496 0###',
  '07### ######',
  '+447#########',
  '(01632) 960###',
  '+49 30 %#######',
  '+49 (0)89 %######',
  '030 / %######',
  '0171 %######',
  '+49 151 %#######',
  '+33 1 4# ## ## ##',
  '06 %# ## ## ##',
  '01.4#.##.##.##',
  '+34 91# ## ## ##',
  '6## ### ###',
  '+34 6########',
  '+39 02 %### ####',
  '+39 3## %######',
  '02 %#######',
  '+351 91# ### ###',
  '21# ### ###',
  '+31 6 %#######',
  '020-%######',
  '+31 (0)20 %## ####',
  '+32 2 %## ## ##',
  '+41 44 %## ## ##',
  '079 %## ## ##',
  '+43 1 %######',
  '+48 %## ### ###',
  '+420 7## ### ###',
  '+46 8 %## ### ##',
  '070-%## ## ##',
  '+47 4# ## ## ##',
  '+45 ## ## ## ##',
  '+358 40 %######',
  '+353 1 %## ####',
  '+353 87 %## ####',
  '+61 2 9### ####',
  '0412 ### ###',
  '(03) 9### ####',
  '+64 21 %## ###',
  '+91 98### #####',
  '098### #####',
  '+91-9#########',
  '+81 3-%###-####',
  '090-%###-####',
  '+82 10-%###-####',
  '010-%###-####',
  '+86 138 #### ####',
  '139########',
  '+65 9### ####',
  '+55 11 9%###-####',
  '(21) 9%###-####',
  '+52 55 %### ####',
  '+54 11 %###-####',
  '+27 82 ### ####',
  '+234 803 ### ####',
  '+254 7## ### ###',
  '+971 50 ### ####',
  '+972 54-###-####',
  '+90 532 ### ## ##',
  '+7 916 ###-##-##',
  '8 (495) %##-##-##',
  '+380 67 ### ## ##',
  '+30 69# ### ####',
  '+66 81 ### ####',
];
export const phone = (random: Random): string => fill(random, random.pick(PHONES));

function withLuhn(body: string): string {
  let sum = 0;
  for (let at = body.length - 1, double = true; at >= 0; at--, double = !double) {
    const value = Number(body[at]) * (double ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return body + String((10 - (sum % 10)) % 10);
}

const CARDS = [
  ['4', 16],
  ['4', 16],
  ['4', 13],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2223', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['3530', 16],
  ['36', 14],
  ['300', 14],
  ['62', 16],
  ['6759', 16],
  ['5018', 16],
] as const;

export function card(random: Random): string {
  const [prefix, length] = random.pick(CARDS);
  let body: string = prefix;
  while (body.length < length - 1) body += digit(random);
  const number = withLuhn(body);
  const mark = random.pick(['', '', ' ', '-']);
  if (mark === '') return number;
  const groups = length === 15 || length === 14 ? /^(\d{4})(\d{6})(\d+)$/ : /(\d{4})(?=\d)/g;
  return length === 15 || length === 14
    ? number.replace(groups, `$1${mark}$2${mark}$3`)
    : number.replace(groups, `$1${mark}`);
}

/** The SWIFT registry's forms of 24 countries. */
const BBANS: Readonly<Record<string, string>> = {
  AT: '################',
  BE: '############',
  BG: '????##########'.padEnd(18, '#'),
  CH: '#################',
  CY: '########################',
  CZ: '####################',
  DE: '##################',
  DK: '##############',
  EE: '################',
  ES: '####################',
  FI: '##############',
  FR: '#######################',
  GB: '????##############',
  GR: '#######################',
  HR: '#################',
  HU: '########################',
  IE: '????##############',
  IT: '?######################',
  LT: '################',
  LU: '################',
  NL: '????##########',
  NO: '###########',
  PL: '########################',
  PT: '#####################',
  RO: '????################',
  SA: '####################',
  SE: '####################',
  TR: '######################',
};

export function iban(random: Random): string {
  const country = random.pick(Object.keys(BBANS));
  const bban = fill(random, BBANS[country] ?? '');
  const number = [...`${bban}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  const whole = `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${bban}`;
  return random.chance(0.5) ? whole : whole.replace(/(.{4})(?=.)/g, '$1 ');
}

export function ssn(random: Random): string {
  const area = between(random, 1, 899);
  const mark = random.pick(['-', '-', '-', ' ']);
  return `${String(area === 666 ? 665 : area).padStart(3, '0')}${mark}${two(between(random, 1, 99))}${mark}${fill(random, '%###')}`;
}

const hextet = (random: Random): string => between(random, 1, 0xffff).toString(16);
export function ip(random: Random): string {
  const part = (): number => between(random, 1, 254);
  const words = (count: number): string => Array.from({ length: count }, () => hextet(random)).join(':');
  const choice = random.below(10);
  if (choice < 7)
    return random.pick([
      `10.${part()}.${part()}.${part()}`,
      `192.168.${part()}.${part()}`,
      `${between(random, 11, 223)}.${part()}.${part()}.${part()}`,
      `${between(random, 11, 223)}.${part()}.${part()}.${part()}`,
    ]);
  return choice === 7 ? words(8) : choice === 8 ? `2001:db8::${words(2)}` : `fe80::${words(4)}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const ABROAD: Readonly<Record<string, readonly string[]>> = {
  de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' '),
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' '),
  it: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'.split(
    ' ',
  ),
  pt: 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' '),
  nl: 'januari februari maart april mei juni juli augustus september oktober november december'.split(' '),
};

export function birthDate(random: Random, language: string): string {
  const year = between(random, 1930, 2012);
  const month = between(random, 1, 12);
  const day = between(random, 1, 28);
  const names = ABROAD[language];
  if (names !== undefined) {
    const name = names[month - 1] as string;
    const of = language === 'es' || language === 'pt' ? ' de ' : ' ';
    return random.pick([
      `${two(day)}.${two(month)}.${year}`,
      `${day}/${month}/${year}`,
      `${two(day)}-${two(month)}-${year}`,
      `${day}${language === 'de' ? '.' : ''}${of}${name}${of}${year}`,
    ]);
  }
  const name = MONTHS[month - 1] as string;
  const short = name.slice(0, 3);
  return random.pick([
    `${two(month)}/${two(day)}/${year}`,
    `${two(day)}/${two(month)}/${year}`,
    `${year}-${two(month)}-${two(day)}`,
    `${name} ${day}, ${year}`,
    `${day} ${name} ${year}`,
    `${day} ${short} ${year}`,
    `${short} ${day}, ${year}`,
    `${short}. ${day}, ${year}`,
    `${two(day)}-${short}-${year}`,
    `${month}/${day}/${two(year % 100)}`,
    `${name} ${day}${day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th'}, ${year}`,
    `${year}/${two(month)}/${two(day)}`,
    `${two(day)}.${two(month)}.${year}`,
  ]);
}

const HOSTS =
  'gmail.com yahoo.co.uk hotmail.fr proton.me mail.ru gmx.de web.de libero.it uol.com.br cs.uni-bonn.de northwind-traders.com my.school.k12.ca.us acme.io post.museum xn--mller-kva.de'.split(
    ' ',
  );
export function email(random: Random, name: string): string {
  const [first = 'info', last = 'desk'] = name
    .normalize('NFD')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .split(' ');
  const local = random.pick([
    `${first}.${last}`,
    `${first[0]}${last}`,
    `${last}_${first}`,
    `${first}+shop`,
    `${first}${last}${between(random, 1, 99)}`,
    `${last}-${first[0]}`,
    `${first}.${last[0]}.${last}`,
    `no-reply.${last}`,
    `x${between(random, 100, 999)}_${first}`,
    `${first.toUpperCase()}.${last.toUpperCase()}`,
    `o'${last}`,
  ]);
  return `${local}@${random.pick(HOSTS)}`;
}

function nhs(random: Random): string {
  for (;;) {
    const body = fill(random, '%########');
    const sum = [...body].reduce((all, sign, at) => all + Number(sign) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) return `${body}${check}`.replace(/^(...)(...)/, '$1 $2 ');
  }
}

function cpf(random: Random): string {
  let whole = fill(random, '%########');
  for (const length of [9, 10]) {
    const sum = [...whole].reduce((all, sign, at) => all + Number(sign) * (length + 1 - at), 0);
    whole += String(((sum * 10) % 11) % 10);
  }
  return whole.replace(/^(...)(...)(...)/, '$1.$2.$3-');
}

function nif(random: Random): string {
  const body = fill(random, '%#######');
  return body + ('TRWAGMYFPDXBNJZSQVHLCKE'[Number(body) % 23] as string);
}

function pesel(random: Random): string {
  const body = `${two(between(random, 40, 99))}${two(between(random, 1, 12))}${two(between(random, 1, 28))}${fill(random, '####')}`;
  const sum = [...body].reduce((all, sign, at) => all + Number(sign) * ([1, 3, 7, 9][at % 4] as number), 0);
  return body + String((10 - (sum % 10)) % 10);
}

/** Identifiers that states give out, by the name that the guard has for them. */
export const IDENTIFIERS: Readonly<Record<string, (random: Random) => string>> = {
  UK_NHS: nhs,
  BR_CPF: cpf,
  ES_NIF: nif,
  PL_PESEL: pesel,
  UK_NINO: (random) => fill(random, random.pick(['AB ## ## ## C', 'JG######A', 'CE## ## ##D'])),
  IN_PAN: (random) => fill(random, '???P?####?'),
  US_ITIN: (random) => fill(random, '9##-7#-####'),
  MAC_ADDRESS: (random) =>
    Array.from({ length: 6 }, () => random.below(256).toString(16).padStart(2, '0')).join(
      random.pick([':', '-']),
    ),
};
