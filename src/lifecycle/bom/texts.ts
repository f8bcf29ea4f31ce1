import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import type { ScanResult } from '../../findings/result.ts';
import type { Target, Walked } from '../scan/walk.ts';

/** Bytes of a text that is read for the bill: cards, lists of requirements, locks. */
const LONGEST = 32 << 20;
/** Caches of the Hugging Face Hub: a snapshot is made of links to files that are called by their digests. */
const BLOB = /^\.\.(?:\/\.\.)+\/blobs\/[0-9a-f]{40,64}$/;

/** Texts of a model's files, the same bytes that were scanned. */
export class Texts {
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #digests: ReadonlyMap<string, string | undefined>;
  readonly #folder: string;

  constructor({ files }: ScanResult, { targets }: Walked, folder: string) {
    this.#targets = new Map(targets.map((one) => [one.path, one]));
    this.#digests = new Map(files.map(({ path, sha256 }) => [path, sha256]));
    this.#folder = resolve(folder);
  }

  /**
   * A text, or why it is not taken: what lies outside of the folder is somebody else's, and a bill is given away. Throws
   * `Problem('findings')` where it is no longer what was scanned.
   */
  async of(path: string): Promise<string | { readonly why: string }> {
    const target = this.#targets.get(path);
    const digest = this.#digests.get(path);
    if (target === undefined || target.broken !== undefined || digest === undefined)
      return { why: target?.broken ?? 'it cannot be read' };
    if (target.size > LONGEST) return { why: 'it is very long' };
    if (await this.#isOutside(target)) return { why: 'a link that leads out of the folder' };
    const bytes = await bytesOf(target);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== digest)
      throw new Problem(
        'findings',
        `${shown(path)} changed while the bill was written`,
        'Write it when nobody writes to the model.',
      );
    return textIn(bytes);
  }

  /** Also by way of a folder that is a link. */
  async #isOutside({ file }: Target): Promise<boolean> {
    const root = await realpath(this.#folder);
    // What is gone is told by whoever reads it.
    const real = await realpath(file).catch(() => root);
    const way = relative(root, real).split(sep).join('/');
    return (way === '..' || way.startsWith('../')) && !BLOB.test(way);
  }
}

async function bytesOf({ file, size }: Target): Promise<Buffer | undefined> {
  // A pipe may stand there by now.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return undefined;
    // One byte more than it had shows that it grew.
    const bytes = Buffer.alloc(size + 1);
    let at = 0;
    for (let got = -1; got !== 0 && at < bytes.length; at += got)
      ({ bytesRead: got } = await handle.read(bytes, at, bytes.length - at, at));
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}

/** As pip reads it: UTF-16 where a mark says so. */
function textIn(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
