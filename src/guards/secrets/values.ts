import { naturalness } from '../../text/natural.ts';
import { type Kind, kindOf, wordsOf } from './names.ts';
import { isPassword, isRandom, isRegular, makeup } from './real.ts';

/** How a value stands there: in quotes, after a sign of assignment, or in a sentence. */
export type Setting = 'quoted' | 'bare' | 'prose';

const UUID = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i;
/** What is public by its nature: addresses, paths, hashes with their name, public keys, pictures, dates, versions. */
const PUBLIC =
  /^(?:[a-z][a-z0-9+.-]*:\/\/|arn:|urn:|data:|sha\d{1,3}[-:=]|md5[-:]|ssh-|AAAA[BCE]3|MII[BCDEFG][IBCD]j?A|MFkw|MCow|pk_(?:live|test)_|iVBORw|\/9j\/|R0lGOD|[~.]{0,2}\/[\w.-]+(?:\/|$)|[A-Z]:\\|\d{4}-\d\d-\d\d|v?\d+\.\d+\.\d+|#[0-9a-f]{3,8}$|\w+@[\w-]+\.\w|(?:L?GPL|AGPL|BSD|Apache|MPL|EPL|CC|OFL)-\d|\$ANSIBLE)/i;
/** Code that names or computes a value. */
const CODE =
  /\w\(|\)$|\w\[|^\w+(?:\.\w+)*\.[a-z]\w*$|^[a-z]+(?:_[a-z]+)+\d?$|^[A-Z]+(?:_[A-Z]+)+\d?$|::|=>|^(?:self|this|process|env|os|config|settings|args|req|var|local|data|module|params?)[.[]|^!|^\/|\/$/;
const TERMS =
  /^(?:sha|md|base|utf-?|oauth|aes|des|rsa|rs|hs|es|ps|argon|bcrypt|pbkdf|ipv?|x|p|ed|v|h|step|part|rev|rc|level|type|user|test|item|row|col|field|line|page|attempt|win|int|uint|float|char|varchar|string)[-_]?\d+\w{0,2}$/i;
const CHARS = /^[\w\-.+/=~:%@!$*^#?&|]+$/;

/** What issuers put before the random part of a key, for people to know it by: `acme_live_`, `sk-`. */
const PREFIX = /^(?:[a-z]{1,14}\d{0,2}[_.:-]){1,3}(?=[a-z0-9])/i;

/** A key in parts, of which at least one was drawn: its name, its number, its checksum stand beside that. */
const hasDrawnPart = (value: string): boolean =>
  (PREFIX.test(value) && UUID.test(value.replace(PREFIX, ''))) ||
  (/[_.:-]/.test(value) && value.split(/[_.:-]/).some((part) => isRandom(part, 20)));

/** Words that stand for a value of the kind that they name, in forms and in code. */
const FIELD =
  /require|option|hidden|valid|confirm|enter|authent|string|text|admin|user|input|value|field|login|forgot|reset|current|new|old|random|gener|encrypt|decrypt|encod|plain|secure|protect|strength|policy|local|default|config|setting|environ|prompt|account|unknown|missing|incorrect|wrong|disabled|enabled|boolean|private|public|function|param|credential|database|server|client|system|verif|hash|word/;

/** Words written as one, of which a person made a password; a single word of a form or of code is none. */
const isPhrase = (value: string, least: number): boolean =>
  value.length >= least && /^[a-z]{1,40}$/.test(value) && !FIELD.test(value);

/** A value that a machine drew. */
export function isSecretValue(value: string, setting: Setting, name: string): boolean {
  if (!CHARS.test(value) || PUBLIC.test(value) || !isPassword(value)) return false;
  if (UUID.test(value))
    return (
      /secret|key|token|passw/i.test(name) && !/id$/i.test(name) && !isRegular(value.replaceAll('-', ''))
    );
  if (hasDrawnPart(value)) return true;
  if (CODE.test(value) && !/\d/.test(value)) return false;
  const { lower, upper, digits, signs } = makeup(value);
  if (lower + upper < value.length * 0.12) return false;
  if (isRandom(value, setting === 'quoted' ? 12 : 14)) return true;
  if (
    setting === 'quoted' &&
    value.length >= 8 &&
    digits > 1 &&
    upper > 0 &&
    lower > 1 &&
    /^\w+$/.test(value)
  ) {
    return !TERMS.test(value) && !CODE.test(value) && !/_/.test(value);
  }
  return signs > 0 && digits > 0 && upper > 0 && lower > 1 && value.length >= 10 && !CODE.test(value);
}

/** `Password123!` is one, though documentation uses its word: rules for passwords ask for just such digits and signs. */
const strippedOf = (value: string): string =>
  /\d/.test(value) && /[!@#$%^&*?]/.test(value)
    ? value.replace(/^password(?=[\d!@#$%^&*?]{2,8}$)/i, 'Tiger')
    : value;

/** Words of a dictionary in a row, without those that make a sentence of them. */
const isWordList = (value: string): boolean =>
  /^[a-z]{3,12}(?: [a-z]{3,12}){3,23}$/.test(value) &&
  !/\b(?:the|you|your|for|and|must|please|with|this|that|from|not|are|was|will|can|when|use|enter|passphrase|mnemonic|word|words)\b/.test(
    value,
  );

/** A value that a person thought up, or drew. */
export function isPasswordValue(value: string, setting: Setting): boolean {
  if (value.length < 4 || value.length > 128 || PUBLIC.test(value)) return false;
  if (!isPassword(strippedOf(value)) || isRegular(value) || TERMS.test(value)) return false;
  const { lower, upper, digits, signs } = makeup(value);
  const letters = lower + upper;
  if (/\s/.test(value)) return false;
  if (setting !== 'quoted' && CODE.test(value)) return false;
  if (/^[\w.]+\(.*\)?$|^[\w$]+\[["'\w]/.test(value)) return false;
  if (UUID.test(value)) return true;
  if (letters === 0 && signs === 0) return digits === value.length && digits >= 6 && setting !== 'prose';
  if (digits > 0 && letters > 0) return value.length >= 6 && !CODE.test(value);
  if (signs > 0 && letters > 0) {
    return setting === 'prose'
      ? value.length >= 8 && signs + upper > 1
      : value.length >= 6 && !/[;,]$|^[-–]/.test(value);
  }
  if (setting !== 'prose' && isPhrase(value, setting === 'quoted' ? 8 : 12)) return true;
  if (letters < value.length && !/^[a-z]+(?:[-.][a-z]+)+$/i.test(value)) return false;
  return setting === 'quoted' && letters >= 8 && naturalness(value) < 0 && !/^[A-Z]?[a-z]+$/.test(value);
}

/** Behind the name of whoever issued it letters of one case and digits are a key too, if they are no word. */
const isKeyOfIssuer = (value: string): boolean =>
  /^(?:[a-z]{1,20}[_-]){0,3}(?:(?=.*\d)(?:[a-z0-9]{24,128}|[A-Z0-9]{20,128})|[a-f0-9-]{32,128})$/i.test(
    value,
  ) && isSecretValue(value, 'quoted', 'key');

/** What a value is, by the name before it: the id of the finding, undefined where it is none. */
export function judged(name: string, value: string, setting: Setting): string | undefined {
  const kind: Kind | undefined = kindOf(name);
  if (kind === 'password') {
    if (/pin$/i.test(name) && !/\d/.test(value)) return undefined;
    if (setting === 'quoted' && /passphrase|mnemonic/i.test(name) && isWordList(value))
      return 'generic_password';
    return isPasswordValue(value, setting) ? 'generic_password' : undefined;
  }
  if (kind === 'secret') return isSecretValue(value, setting, name) ? 'generic_secret' : undefined;
  if (kind === 'key') {
    const { lower, upper, digits } = makeup(value);
    if (setting !== 'prose' && wordsOf(name).length > 1 && isKeyOfIssuer(value)) return 'generic_secret';
    const strong = value.length >= 20 && lower > 2 && upper > 2 && digits > 1 && !/[/:].*[/:]/.test(value);
    return strong && isSecretValue(value, setting, name) ? 'generic_secret' : undefined;
  }
  return undefined;
}
