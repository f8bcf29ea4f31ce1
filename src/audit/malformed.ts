/** Bytes that are not in the form they claim. The message says what is wrong and never repeats the bytes. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
