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

/** A number above zero, or a fraction such as 1/255, as an option takes it. */
export function factor(text: string): number {
  const [over = '', under = '1', ...more] = text.split('/');
  const value = Number(over) / Number(under);
  if (over.trim() === '' || more.length > 0 || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('Write a number above zero, or a fraction such as 1/255.');
  return value;
}

/** `a, b`: names, as an option takes them. */
export const names = (text: string): string[] => text.split(',').map((name) => name.trim());
