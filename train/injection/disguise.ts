import type { Random } from '../random.ts';

const MORSE: Readonly<Record<string, string>> = Object.fromEntries(
  'a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--..'
    .split(' ')
    .map((entry) => [entry[0] as string, entry.slice(1)]),
);
const LEET: Readonly<Record<string, string>> = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7', b: '8' };

const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (c) => {
    const base = c <= 'Z' ? 65 : 97;
    return String.fromCharCode(((c.charCodeAt(0) - base + 13) % 26) + base);
  });

/** Ways of encoding a text, by the names that slots of the grammars have. */
export const DISGUISES: Readonly<Record<string, (text: string, random: Random) => string>> = {
  b64: (text) => Buffer.from(text).toString('base64'),
  rot13,
  hex: (text) => Buffer.from(text).toString('hex'),
  leet: (text) => text.replace(/[aeiostb]/gi, (c) => LEET[c.toLowerCase()] ?? c),
  reversed: (text) => [...text].reverse().join(''),
  morse: (text) =>
    text
      .toLowerCase()
      .split(/\s+/)
      .map((word) =>
        [...word]
          .map((c) => MORSE[c] ?? '')
          .filter(Boolean)
          .join(' '),
      )
      .join(' / '),
  spaced: (text) =>
    text
      .split(' ')
      .map((word) => [...word].join(' '))
      .join('   '),
};

const typo = (word: string, random: Random): string => {
  if (word.length < 4) return word;
  const at = 1 + random.below(word.length - 2);
  const kind = random.below(3);
  if (kind === 0) return word.slice(0, at) + word.slice(at + 1);
  if (kind === 1) return word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
  return word.slice(0, at) + word[at] + word.slice(at);
};

/** Writes a text as hurried or odd people do: the meaning stays. */
export function roughened(text: string, random: Random): string {
  const kind = random.below(7);
  if (kind === 0) return text.toLowerCase();
  if (kind === 1) return text.length < 400 ? text.toUpperCase() : text;
  if (kind === 2) return text.replace(/[.,;:!?'"]/g, '');
  if (kind === 3) return text.replace(/\S+/g, (word) => (random.chance(0.12) ? typo(word, random) : word));
  if (kind === 4) return text.replace(/ /g, () => (random.chance(0.08) ? '\n' : ' '));
  if (kind === 5) return random.pick(['"', '> ', '- ', '* ', '', '```\n', '[', '“']) + text;
  return text.replace(/\.\s/g, () => random.pick(['! ', '... ', '.\n', '. ', ', ']));
}

const SYLLABLES =
  'ent ing able tion str con rep Dis pol Sure describ similar now write oppos ly please two revert with \\!-- ``` ](  {" Manuel que representing tutorial >> && || == ;) ## interface Here table begin == formatted begin{ Text Example printf NULL ListView ipped !\\ (- iding ++ doc +" steps IME beh use ~ usep atique Grammar SC plain sentence \'\' Pop :: ultimo ABST ** Wars inline Grey sans titles CSS hyper -> uk oppon Cred ital atr Lua [[ spell Bold'.split(
    ' ',
  );

/** Strings as a search over a model's tokens leaves them behind: pieces of words, code and signs, without sense. */
export function gibberish(random: Random): string {
  const pieces = 8 + random.below(24);
  let out = '';
  for (let i = 0; i < pieces; i++) {
    let piece = random.pick(SYLLABLES);
    const kind = random.below(6);
    if (kind === 0)
      piece = Array.from({ length: 2 + random.below(7) }, () =>
        String.fromCharCode(97 + random.below(26)),
      ).join('');
    else if (kind === 1) piece = String.fromCharCode(33 + random.below(15)).repeat(1 + random.below(3));
    else if (kind === 2) piece = piece.toUpperCase();
    out += piece + (random.chance(0.55) ? ' ' : '');
  }
  if (random.chance(0.2)) out = Array.from({ length: 10 + random.below(20) }, () => '!').join(' ');
  return out.trim();
}
