/** Sentences of others, with slots where they speak of somebody: contexts that nobody here thought of. */

const PRONOUN =
  /(?<![\p{L}'’-])(?:he|she|him|someone|somebody|my friend|my boss|the customer|the user|He|She)(?![\p{L}'’-])/u;

/** A text of somebody, with a slot where it had a pronoun: contexts that nobody thought of. */
export function unnamed(text: string): string | undefined {
  return PRONOUN.test(text) && !/[{}]/.test(text)
    ? text.replace(new RegExp(PRONOUN, 'gu'), '{first}').replace('{first}', '{full}')
    : undefined;
}

/**
 * A text whose given names became slots, or nothing where it has none or has capitals that nobody knows. `isGiven` and
 * `isWord` say whether a word is a given name, and whether texts use it in small letters.
 */
export function renamed(
  text: string,
  isGiven: (word: string) => boolean,
  isWord: (word: string) => boolean,
): string | undefined {
  if (/[{}]/.test(text)) return;
  let names = 0;
  let unknown = 0;
  const slotted = text.replace(/(?<![\p{L}\p{N}_.@])\p{Lu}\p{Ll}+(?![\p{L}\p{N}_@])/gu, (word) => {
    if (isWord(word)) return word;
    if (!isGiven(word)) {
      unknown++;
      return word;
    }
    names++;
    return '{first}';
  });
  return names > 0 && unknown === 0 && !/\{first\}[ -](?:\{first\}|\p{Lu})/u.test(slotted)
    ? slotted
    : undefined;
}
