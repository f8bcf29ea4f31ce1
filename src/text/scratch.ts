/** Room for what is being written; kept from one text to the next, for most are short and making it costs more than using it. */
const KEPT = new Uint16Array(1 << 15);

/** Units to write into until the next call. What they held before is of no interest. */
export const scratch = (units: number): Uint16Array => (units <= KEPT.length ? KEPT : new Uint16Array(units));

export function written(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
}
