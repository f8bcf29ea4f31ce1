import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Inputs that failed once, a file each below the name of their target. They are kept when what they showed is mended:
 * `npm test` checks every one of them.
 */
export const CRASHES = join(import.meta.dirname, 'crashes');

export function keepCrash(target: string, input: Buffer): string {
  const folder = join(CRASHES, target);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 12));
  writeFileSync(file, input);
  return file;
}

export function crashesOf(target: string): { readonly file: string; readonly input: Buffer }[] {
  const folder = join(CRASHES, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => ({
    file: join(folder, file),
    input: readFileSync(join(folder, file)),
  }));
}
