/** A place that may be an entity, and how likely it is. Half-open, in UTF-16 code units of the text it was found in. */
export interface Candidate {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** 0..1 */
  readonly score: number;
}

/** A way to look for one sort of entity in the stretch of a text from `from` to `to`. */
export type Find = (text: string, from: number, to: number, add: (one: Candidate) => void) => void;

/** How far before and behind an entity its surroundings are read, in UTF-16 code units. */
export const BEFORE = 64;
export const BEHIND = 24;

const LETTER = '\\p{L}';

/** Words that speak for an entity, as one expression; a letter before or after them makes another word. */
export const wordsOf = (alternatives: string): RegExp =>
  new RegExp(`(?<!${LETTER})(?:${alternatives})(?!${LETTER})`, 'giu');

/**
 * Words that say that digits are something else. They count only right before: `order no. 12345`. One that names the
 * entity and stands nearer outweighs them.
 */
const AGAINST = wordsOf(
  [
    'order|orders|invoice|invoices|version|ver|isbn|issn|doi|commit|sku|part|parts|part no|build|ref|reference|ticket|case',
    'tracking|parcel|shipment|serial|pid|tid|timestamp|epoch|unix|hash|sha\\d*|md5|checksum|uuid|guid|port|rfc|page|pages|chapter|verse|lat|lon|latitude|longitude',
    'score|points|population|batch|lot|model|product|item|article|barcode|ean|upc|gtin|asin|job|run|request|req|trace|span|session|transaction|txn',
    'rechnung|bestellung|bestellnummer|rechnungsnummer|artikel|seriennummer|auftrag|commande|facture|pedido|factura|ordine|fattura|encomenda|fatura|bestelling|factuur|zamówienie|faktura|beställning',
    'id|size|bytes|offset|line|row|rows|count|total|price|amount|sum|max|min|seed|release|node|pixel|block|height|flight|room|seat|gate|train|bus|section|figure|table|fig|invalid|error|code|status',
  ].join('|'),
);

/** A name for a number that is worth reading across a few words: the last such word before the entity. */
function lastOf(words: RegExp, text: string): number {
  let last = -1;
  words.lastIndex = 0;
  for (let match = words.exec(text); match !== null; match = words.exec(text))
    last = match.index + match[0].length;
  return last;
}

/** What stands around an entity says more or less than its form. */
export function weigh(text: string, one: Candidate, words: RegExp): Candidate {
  const before = text
    .slice(Math.max(0, one.start - BEFORE), one.start)
    .replace(/[_"'`]/g, ' ')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  const pro = lastOf(words, before);
  const contra = lastOf(AGAINST, before.slice(-28));
  const near = contra < 0 ? -1 : contra + Math.max(0, before.length - 28);
  if (pro >= 0 && (pro >= near || /\b(?:id|no|code|number)$/i.test(before.slice(0, near)))) {
    // A full stop between the word and the number is another sentence.
    const gap = before.slice(pro);
    return /[.!?]\s+\p{Lu}/u.test(gap) && one.score < 0.5
      ? one
      : { ...one, score: Math.min(0.99, Math.max(one.score + 0.3, 0.85)) };
  }
  words.lastIndex = 0;
  const behind = text.slice(one.end, one.end + BEHIND);
  if (/^[\s(["']{1,3}/.test(behind) && words.test(behind))
    return { ...one, score: Math.max(one.score, 0.75) };
  if (
    near >= 0 &&
    /^[\s:#=.,°º-]{0,4}(?:number|nummer|numero|número|num|no|nr|code|id|n)?[\s:#=.,°º-]{0,5}$/iu.test(
      before.slice(near),
    )
  )
    return { ...one, score: one.score - 0.45 };
  return one;
}

/** Whether what stands at the edges makes the digits a part of something longer: `1.2.3-4`, `a_12`, `12:30`. */
export function partOfMore(text: string, start: number, end: number): boolean {
  const before = text[start - 1] ?? ' ';
  const further = text[start - 2] ?? ' ';
  if (/[\p{L}\p{N}_]/u.test(before)) return true;
  if (/[-./:\\@$€£]/.test(before) && /[\p{L}\p{N}_]/u.test(further)) return true;
  if (/[$€£#]/.test(before)) return true;
  const after = text[end] ?? ' ';
  const beyond = text[end + 1] ?? ' ';
  if (/[\p{L}\p{N}_]/u.test(after)) return true;
  return (
    /[-./:,@\\]/.test(after) &&
    /[\p{N}_]/u.test(beyond) &&
    !(after === ',' && /^,\d{4}-/.test(text.slice(end, end + 6))) &&
    !(after === ',' && !/^,\d{3}(?!\d)/.test(text.slice(end, end + 5)))
  );
}
