import { InvalidArgumentError } from 'commander';

/** A number from 1 on, as an option takes it. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Write a number from 1 on.');
  return value;
}

/** `1 file`, `12,000 files`. */
export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
