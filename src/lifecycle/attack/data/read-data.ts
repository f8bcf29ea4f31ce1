import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Problem } from '../../../base/problem.ts';
import { type NumberArray, parseIdx, parseNpy, unpacked } from './array.ts';
import { parseCsv, parseJsonLines, type Table } from './table.ts';

export interface Data {
  readonly name: string;
  readonly sha256: string;
  readonly content: Table | NumberArray;
}

/**
 * Reads rows: NumPy and IDX by how they begin, JSON lines by `.jsonl` or `.ndjson`, all else as CSV; each may be gzipped.
 * Rejects with Problem('environment') where the file cannot be read, Problem('usage') where it is not what it should be.
 *
 * @param most rows that are read
 */
export async function readData(cwd: string, path: string, most: number): Promise<Data> {
  let packed: Uint8Array;
  try {
    packed = await readFile(resolve(cwd, path));
  } catch (cause) {
    throw new Problem('environment', `cannot read ${path}`, 'Check the path.', cause);
  }
  const bytes = unpacked(packed, path);
  const name = basename(path);
  return {
    name,
    sha256: createHash('sha256').update(packed).digest('hex'),
    content: contentOf(bytes, name, most),
  };
}

function contentOf(bytes: Uint8Array, name: string, most: number): Table | NumberArray {
  if (bytes[0] === 0x93 && bytes[1] === 0x4e) return parseNpy(bytes, name, most);
  if (bytes[0] === 0 && bytes[1] === 0) return parseIdx(bytes, name, most);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('usage', `${name} is neither text in UTF-8, nor NumPy, nor IDX`);
  }
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(name)
    ? parseJsonLines(text, name, most)
    : parseCsv(text, name, most);
}
