/** What a sign does to a quotation; 0 for most. */
export const OPENS = 1;
export const CLOSES = 2;
/** Opens one, or closes the one that is open. */
export const EITHER = 3;

/** Whether a sign opens or closes a quotation. */
export function quotation(unit: number): number {
  if (unit === 0x22 || unit === 0x60 || unit === 0xff02) return EITHER;
  if (unit === 0x201c || unit === 0x201e || unit === 0xab || unit === 0x300c || unit === 0x300e) return OPENS;
  return unit === 0x201d || unit === 0xbb || unit === 0x300d || unit === 0x300f ? CLOSES : 0;
}
