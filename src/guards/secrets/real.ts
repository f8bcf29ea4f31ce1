/** Words that stand in documentation where a key would: such a text is no secret. */
const STAND_INS = [
  ...['example', 'sample', 'placeholder', 'redacted', 'changeme', 'change_me', 'change-me', 'dummy', 'fake'],
  ...[
    'your_',
    'your-',
    'yourkey',
    'yourtoken',
    'my_secret',
    'my-secret',
    'mysecret',
    'insert',
    'replace',
    'notreal',
  ],
  ...[
    'xxxx',
    '....',
    '0000000',
    '1111111',
    '1234567',
    'abcdefg',
    'abcd1234',
    'deadbeef',
    'foobar',
    'password',
  ],
];

/** Bits per character: below it a text is too regular for a key. A random hex key of 32 has at least about 3.2. */
const MIN_ENTROPY = 2.6;

function isStandIn(text: string): boolean {
  const small = text.toLowerCase();
  return STAND_INS.some((word) => small.includes(word));
}

/** Whether a text of the right form is more than a stand-in for a key. */
export const looksReal = (text: string): boolean => !isStandIn(text) && entropy(text) >= MIN_ENTROPY;

/** Shannon entropy of the characters of a text, in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** A JSON Web Token's first part says how it is signed (RFC 7515, section 4.1.1). */
export function isToken(text: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(text.split('.', 1)[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

const USUAL = /^(?:pass(?:word|wd)?|pwd|secret|user|guest|test|admin|token|key|[*.x]+)$/i;
/** `$NAME`, `${NAME}`, `%NAME%`, `{{ name }}`, `<name>`, `[name]`: to be filled in. */
const VARIABLE = /^\$\w+$|^%\w+%$|^<.*>$|^\[.*\]$|\$\{|\{\{/;

/** A password in an address: neither a word that documentation uses nor a variable. */
export const isPassword = (text: string): boolean =>
  !USUAL.test(text) && !VARIABLE.test(text) && !isStandIn(text);
