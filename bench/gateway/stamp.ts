const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
/** Microseconds modulo this many digits: one wraps after a quarter of an hour. */
const LENGTH = 9;
const WRAP = 10 ** LENGTH;
/** Closes a stamp, and so ends every event of text in a word, as a model's tokens do. */
const CLOSE = 'tick';

/** Microseconds on the clock that all processes of a machine share (CLOCK_MONOTONIC). */
const nowUs = (): number => Number((process.hrtime.bigint() / 1000n) % BigInt(WRAP));

/** The moment in words (` zero four two … tick`): text that no guard has a reason to hold back. */
export function stampNow(): string {
  const digits = String(nowUs()).padStart(LENGTH, '0');
  return `${Array.from(digits, (digit) => ` ${DIGITS[Number(digit)] ?? ''}`).join('')} ${CLOSE}`;
}

/** Finds the stamps in a text that arrives in pieces, and says how old each was when its last character came. */
export class StampReader {
  #text = '';

  /** Ages, ms, of the stamps that this piece of text completes. */
  push(piece: string): number[] {
    this.#text += piece;
    const ages: number[] = [];
    for (let end = this.#text.indexOf(CLOSE); end >= 0; end = this.#text.indexOf(CLOSE)) {
      const digits = this.#text
        .slice(0, end)
        .trim()
        .split(' ')
        .map((word) => DIGITS.indexOf(word));
      if (digits.length !== LENGTH || digits.includes(-1)) throw new Error('a stamp arrived changed');
      ages.push(((nowUs() - Number(digits.join('')) + WRAP) % WRAP) / 1000);
      this.#text = this.#text.slice(end + CLOSE.length);
    }
    return ages;
  }
}
