import { Problem } from '../../base/problem.ts';
import { openUnder, sealUnder } from '../passphrase.ts';
import { isInside } from './manifest.ts';

/** Files by their path in the backup. */
export type KeyFiles = ReadonlyMap<string, Buffer>;

/** Binds the form: sealed text of another version does not open as this one. */
const ABOUT = 'gatehouse/backup-keys/v1';

/** Keys under a passphrase. */
export function sealKeys(files: KeyFiles, passphrase: string): string {
  const plain = JSON.stringify([...files].map(([path, bytes]) => [path, bytes.toString('base64url')]));
  return `${JSON.stringify(sealUnder(passphrase, Buffer.from(plain), ABOUT))}\n`;
}

/** Throws Problem('findings') where the passphrase is another one, or the text was changed. */
export function openKeys(sealed: string, passphrase: string): KeyFiles {
  try {
    const plain = openUnder(passphrase, JSON.parse(sealed), ABOUT).toString();
    const files = JSON.parse(plain) as [string, string][];
    if (!files.every(([path]) => isInside(path))) throw new Error('a path that leads elsewhere');
    return new Map(files.map(([path, text]) => [path, Buffer.from(text, 'base64url')] as const));
  } catch (cause) {
    throw new Problem(
      'findings',
      'the sealed keys do not open: another passphrase, or they were changed',
      undefined,
      cause,
    );
  }
}
