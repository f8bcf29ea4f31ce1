import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { isObject } from '../../base/json.ts';

/** A file of the console, as it is and compressed. */
export interface ConsoleFile {
  readonly type: string;
  /** By the content coding, as HTTP names it (RFC 9110, section 8.4.1); `identity` is always there. */
  readonly coded: ReadonlyMap<Coding, Uint8Array>;
  /** Of the bytes uncompressed. */
  readonly tag: string;
}

/** In the order in which they are liked best: the smallest first. */
export const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

const ENDINGS: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz', identity: '' };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The page that is every view of the console. */
export const PAGE = 'index.html';

/** Beside `src/` in a clone and beside `dist/` in the package: as far from this file in both. */
const FOLDER = new URL('../../../console/dist/', import.meta.url);

let known: ReadonlyMap<string, ConsoleFile> | undefined;

/** All files, read once, by name. Empty where the console was not built. */
export function consoleFiles(): ReadonlyMap<string, ConsoleFile> {
  if (known === undefined || known.size === 0) known = readFiles();
  return known;
}

function readFiles(): ReadonlyMap<string, ConsoleFile> {
  try {
    return new Map(
      namesOf(readFileSync(new URL('manifest.json', FOLDER), 'utf8')).map((name) => [name, readFile(name)]),
    );
  } catch {
    return new Map();
  }
}

function namesOf(manifest: string): string[] {
  const read: unknown = JSON.parse(manifest);
  const files = isObject(read) && Array.isArray(read.files) ? read.files : [];
  return files.filter((name) => typeof name === 'string');
}

function readFile(name: string): ConsoleFile {
  const coded = new Map(
    CODINGS.map((coding) => [coding, readFileSync(new URL(name + ENDINGS[coding], FOLDER))]),
  );
  const bytes = coded.get('identity') ?? new Uint8Array();
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    coded,
    tag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
  };
}
