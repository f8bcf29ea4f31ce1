import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn a block at a time: one system call for many ids. */
const block = Buffer.alloc(10 * 256);
let used = block.length;

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** `req_` and a ULID in lower case: 48 bits of milliseconds, then 80 random bits. Sorts by time; cannot be guessed. */
export function requestId(now: number): string {
  if (used === block.length) {
    randomFillSync(block);
    used = 0;
  }
  let id = '';
  for (let rest = now, i = 0; i < 10; i++) {
    id = (CROCKFORD[rest % 32] as string) + id;
    rest = Math.floor(rest / 32);
  }
  for (let i = 0; i < 16; i++) {
    // 16 characters of 5 bits out of 10 bytes.
    const bit = i * 5;
    const at = used + (bit >> 3);
    const pair = ((block[at] as number) << 8) | (at + 1 < used + 10 ? (block[at + 1] as number) : 0);
    id += CROCKFORD[(pair >> (11 - (bit & 7))) & 31];
  }
  used += 10;
  return `req_${id}`;
}

/** When a request of this id came, in milliseconds since 1970; undefined where it is no such id. */
export function timeOfRequest(id: string): number | undefined {
  if (!/^req_[0-9a-hjkmnp-tv-z]{26}$/.test(id)) return undefined;
  return [...id.slice(4, 14)].reduce((time, digit) => time * 32 + CROCKFORD.indexOf(digit), 0);
}
