/** Every character as a JSON escape (RFC 8259, section 7). */
export const escapeAll = (text: string): string =>
  [...Array(text.length).keys()]
    .map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`)
    .join('');

export const unescapeJson = (text: string): string =>
  text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The two halves. */
export const halves = (text: string): [string, string] => {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
};

/** Ways in which a server may cut a text into pieces. */
export const CUTS: Readonly<Record<string, (text: string) => string[]>> = {
  whole: (text) => [text],
  halves,
  'three by three': (text) => text.match(/.{1,3}/gs) ?? [],
};
