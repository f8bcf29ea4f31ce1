import { resolve } from 'node:path';
import type { SourceDocument } from '../base/document.ts';
import type { Path } from '../base/schema.ts';
import { Secret } from '../base/secret.ts';
import { parseDuration, parseSize } from '../base/units.ts';

/** Where the settings come from, besides their text. */
export interface SettingsPlace {
  /** Reads a file of text; throws where it cannot. */
  readonly readFile: (path: string) => string;
  /** Folder that relative paths start from. */
  readonly baseDir: string;
}

/** What the readers of the parts share: how to turn a written value into a real one, or report why not. */
export interface SettingsReader {
  report(path: Path, message: string): void;
  size(path: Path, value: string | number | undefined, normal: string): number;
  duration(path: Path, value: string | number | undefined, normal: string): number;
  count(path: Path, value: string | number | undefined, normal: number): number;
  /** The text of a file named in the settings; empty (and reported) where it cannot be read. */
  file(path: Path, name: string): string;
  /** A secret as text or from a file, with one line end at its end taken off. */
  secret(path: Path, value: string | { readonly file: string }): Secret;
}

export function settingsReader(
  document: SourceDocument,
  { readFile, baseDir }: SettingsPlace,
): SettingsReader {
  const report = (path: Path, message: string) => document.report(path, message);
  const positive = (path: Path, value: number | undefined, message: string): number => {
    if (value === undefined || value < 1) report(path, message);
    return value ?? 0;
  };
  const file = (path: Path, name: string): string => {
    try {
      return readFile(resolve(baseDir, name));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      report(path, `the file cannot be read${code === undefined ? '' : ` (${code})`}`);
      return '';
    }
  };
  return {
    report,
    file,
    size: (path, value, normal) =>
      positive(path, parseSize(value ?? normal), 'must be a size above 0, such as 512KB or 10MB'),
    duration: (path, value, normal) =>
      positive(path, parseDuration(value ?? normal), 'must be a duration above 0, such as 500ms, 30s or 5m'),
    count: (path, value, normal) => {
      const number = Number(value ?? normal);
      return positive(
        path,
        Number.isSafeInteger(number) ? number : undefined,
        'must be a whole number above 0',
      );
    },
    secret: (path, value) => {
      const text =
        typeof value === 'string' ? value : file([...path, 'file'], value.file).replace(/\r?\n$/, '');
      // Whatever is sent in a header: printable ASCII, no line ends (RFC 9110, section 5.5).
      if (!/^[\x20-\x7e]+$/.test(text.trim()))
        report(path, 'is empty, or has characters that no header can carry');
      return new Secret(text.trim());
    },
  };
}
