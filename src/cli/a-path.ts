import { InvalidArgumentError } from 'commander';

/** A path, as an argument takes it. An empty one is a variable that nobody set, and would be the folder where one stands. */
export function aPath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Name a file or a folder.');
  return text;
}
