import { createHash } from 'node:crypto';
import { naturalness } from '../../text/natural.ts';

/** Words that stand in documentation where a key would: such a text is no secret. */
const STAND_INS = new RegExp(
  [
    'example|sample|placeholder|redacted|change[_-]?me|dummy|fake|insert|replace|notreal|not[_-]real|foobar|password',
    'your[_-]|your(?:key|token|secret|api|pass|client|access)|my[_-]?secret|my[_-]?(?:api[_-]?)?key|my[_-]?token|[_-]here$|here[_-]',
    'xxxx|\\.\\.\\.|\\*\\*\\*|0000000|1111111|1234567|7654321|abcdefg|abcd1234|1234abcd|a1b2c3d4|deadbeef|cafebabe|qwerty(?:uiop|$)|lorem|ipsum',
    'testtest|some[_-]|todo|fixme|undefined|goes',
  ].join('|'),
  'i',
);

/** Bits per character: below it a text is too regular for a key. A random hex key of 32 has at least about 3.2. */
const MIN_ENTROPY = 2.6;

const isStandIn = (text: string): boolean => STAND_INS.test(text) || KNOWN.has(digest(text));

/** The keys of the Azure Storage and Cosmos DB emulators, bare and after `AccountKey=`, by digest: written out they would set off scanners. */
const KNOWN = new Set(['0011cc25eb432071', '900e6c2bf8ce6c14', 'aa6547439583c3a2', 'a28c56ecb012bfd0']);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Whether a text of the right form is more than a stand-in for a key. */
export const looksReal = (text: string): boolean => entropy(text) >= MIN_ENTROPY && !isStandIn(text);

/** Shannon entropy of the characters of a text, in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** A JSON Web Token's first part says how it is signed (RFC 7515, section 4.1.1). The one of the textbook is none. */
export function isToken(text: string): boolean {
  const [head = '', body = ''] = text.split('.');
  return json(head).has('alg') && json(body).get('name') !== 'John Doe';
}

function json(part: string): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}

const USUAL =
  /^(?:pass(?:word|wd)?|pwd|secret|user(?:name)?|guest|test(?:ing|er|user|pass)?\d{0,3}|admin|root|token|key|demo|default|none|null|nil|true|false|empty|postgres|mysql|redis|mongo|rabbitmq|[*.x•-]+|(.)\1*)$/i;
/** `$NAME`, `${NAME}`, `%NAME%`, `{{ name }}`, `<name>`, `[name]`, `@name@`, `:name`, `#{name}`: to be filled in. */
const VARIABLE =
  /^\$[A-Za-z_]\w*$|^\$\(|^%\w+%$|^%[sdv]$|^%\(|^[<[{(]|[>\]]$|\$\{[\w.:-]+\}|#\{|\{\{[^{}]*\}\}|^\$\{|\{\w*\}|^@\w+@$|^:\w+$|^&\w+;?$|^__\w+__$|^\*+$|\\\(/;

/** Names of secrets, which stand for their values in code and in documentation. */
const NAMES = /(?:secret|access|api|auth|private|refresh)[_-]?(?:key|token)/i;

/** A password: neither a word that documentation uses nor a variable. */
export const isPassword = (text: string): boolean =>
  !USUAL.test(text) && !VARIABLE.test(text) && !NAMES.test(text) && !isStandIn(text);

/** Digits that only count, or one piece again and again. */
export function isRegular(text: string): boolean {
  if (/^(.{1,6})\1+.{0,5}$/s.test(text)) return true;
  let steps = 0;
  for (let at = 1; at < text.length; at++) {
    if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) <= 1) steps++;
  }
  return text.length > 3 && steps >= (text.length - 1) * 0.75;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** How a text is made up. */
export function makeup(text: string): { lower: number; upper: number; digits: number; signs: number } {
  const sum = { lower: 0, upper: 0, digits: 0, signs: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 97 && code <= 122) sum.lower++;
    else if (code >= 65 && code <= 90) sum.upper++;
    else if (code >= 48 && code <= 57) sum.digits++;
    else if (!/[\w\s.-]/.test(text[at] as string)) sum.signs++;
  }
  return sum;
}

/** Bits per letter from which letters read as words. */
const WORDS = 0.5;

/**
 * Whether a text was drawn rather than thought up: letters and digits mixed, no words in it. `least`: its shortest length.
 */
export function isRandom(text: string, least: number): boolean {
  if (text.length < least || isRegular(text)) return false;
  const hex = /^[a-f0-9]+$/i.test(text);
  if (entropy(text) < Math.min(hex ? 2.9 : 3.3, Math.log2(text.length) - 0.9)) return false;
  const { lower, upper, digits } = makeup(text);
  if (hex) return digits >= text.length / 6 && lower + upper > 0;
  if (digits === 0) {
    return lower > 2 && upper > 2 && naturalness(text) < 0 && count(text, /[a-z][A-Z]/g) > text.length / 8;
  }
  if (digits / text.length > 0.9) return false;
  if (naturalness(text) < WORDS) return true;
  // Words are long runs of letters, or what signs set apart; chance makes neither.
  return !/[_./-]|[A-Za-z]{7}/.test(text) && digits >= text.length / 8;
}
