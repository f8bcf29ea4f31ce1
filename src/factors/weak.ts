/** Characters, not bytes. */
export const SHORTEST = 12;
export const LONGEST = 256;

/** The commonest of twelve characters and more, from lists of what leaked; letters, digits and case are folded first. */
const COMMON: ReadonlySet<string> = new Set([
  'passwordpassword',
  'passwordpassword1',
  'password1234',
  'password12345',
  'password123456',
  'mypassword123',
  'thisismypassword',
  'changemechangeme',
  'changeme1234',
  'correcthorsebatterystaple',
  'letmeinletmein',
  'iloveyouiloveyou',
  'iloveyou1234',
  'iloveyouforever',
  'administrator',
  'administrator1',
  'administrator123',
  'adminadminadmin',
  'admin1234567',
  'admin123456789',
  'welcomewelcome',
  'welcome12345',
  'welcometothejungle',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiopasdfghjkl',
  'qwertyuiop123',
  'qwertyuiop12345',
  'qwerty123456',
  'qwerty1234567890',
  'qwertyqwerty',
  'asdfghjklqwertyuiop',
  'zxcvbnmasdfghjkl',
  '1qaz2wsx3edc',
  '1qaz2wsx3edc4rfv',
  '1q2w3e4r5t6y',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6',
  'abcdefghijklmnopqrstuvwxyz',
  'abcd12345678',
  'abc123abc123',
  'abc123456789',
  'a1b2c3d4e5f6',
  '147258369147',
  '123456789abc',
  '123456789qwerty',
  '123qweasdzxc',
  'iamthebestever',
  'footballfootball',
  'letmeinplease',
  'trustno1trustno1',
  'sunshinesunshine',
  'princessprincess',
  'superman1234',
  'dragondragon',
  'monkeymonkey',
  'secretsecret',
  'testtesttest',
  'gatehousegatehouse',
  'gatehouse123',
  'gatehouse1234',
]);

const SIGNS: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i', '0': 'o', '3': 'e' };

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s/g, '');
const unsigned = (text: string): string => text.replace(/[@$!03]/g, (sign) => SIGNS[sign] ?? sign);

/**
 * Why a passphrase will not do, in words for its owner; undefined: it will. Length decides most (NIST SP 800-63B-4, section
 * 3.1.1.2): no rules about kinds of characters, only what attackers try first.
 * @param about words that belong to the person: login, name
 */
export function weaknessOf(passphrase: string, about: readonly string[]): string | undefined {
  const { length } = [...passphrase.normalize('NFKC')];
  if (length < SHORTEST) return `It must be ${SHORTEST} characters or more: four words are easy to keep.`;
  if (length > LONGEST) return `It must be at most ${LONGEST} characters.`;
  const text = folded(passphrase);
  if (COMMON.has(text) || COMMON.has(unsigned(text))) return 'It is one of the commonest.';
  if (repeats(text)) return 'It is the same few characters over and over.';
  if (runs(text)) return 'It is a row of characters that follow on each other.';
  const words = about.flatMap((one) => [folded(one), ...one.toLowerCase().split(/[^\p{L}\p{N}]+/u)]);
  const rest = words
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ''), text);
  if (rest.length < SHORTEST / 2) return 'It is little more than the name.';
  return undefined;
}

/** A piece of at most four characters, again and again. */
const repeats = (text: string): boolean =>
  [1, 2, 3, 4].some((period) => [...text].every((char, at) => char === text[at % period]));

/** Each character the one after, or before, the one before it: `abcdefghijkl`, `210987654321`. */
function runs(text: string): boolean {
  const step = (at: number) => {
    const next = text.charCodeAt(at + 1) - text.charCodeAt(at);
    // After 9 comes 0.
    return next === -9 ? 1 : next === 9 ? -1 : next;
  };
  const first = step(0);
  if (Math.abs(first) !== 1) return false;
  for (let at = 1; at < text.length - 1; at += 1) if (step(at) !== first) return false;
  return true;
}
