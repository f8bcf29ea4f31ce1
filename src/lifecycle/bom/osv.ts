import { closeSync, fstatSync, openSync } from 'node:fs';
import { OsvIndex } from '../../bom/osv.ts';
import type { Format } from '../../formats/format.ts';
import { zip } from '../../formats/zip/index.ts';
import { BOUNDS } from '../scan/bounds.ts';
import { scanFile } from '../scan/scanner.ts';
import { FileSource } from '../scan/unpacked.ts';
import { walk } from '../scan/walk.ts';

/** Bytes of one advisory; the longest list all versions of large packages. */
const LONGEST = 16 << 20;

/** Reads a database of advisories in the format of OSV: a folder of JSON files, or the zip of an ecosystem. */
export async function readOsv(path: string, cwd: string): Promise<OsvIndex> {
  const index = new OsvIndex();
  const readers = {
    formats: [zip, advisories(index)],
    calls: { lookUp: () => ({ verdict: 'unknown', why: '' }) as const },
  };
  for (const { file, path: name, broken } of (await walk([path], cwd)).targets) {
    if (broken !== undefined || !/\.(?:json|zip)$/i.test(name)) continue;
    const fd = openSync(file, 'r');
    try {
      await scanFile(name, new FileSource(fd, fstatSync(fd).size), readers, { ...BOUNDS, parts: 2_000_000 });
    } finally {
      closeSync(fd);
    }
  }
  return index;
}

/** The scanner reads archives with all their bounds; what is inside them is added here. */
const advisories = (index: OsvIndex): Format => ({
  name: 'osv',
  title: 'OSV advisory',
  rules: [],
  looks: (source) => (source.read(0, 1)[0] === 0x7b && source.size <= LONGEST ? 'sure' : false),
  async read({ source, coverage }) {
    try {
      index.add(JSON.parse(new TextDecoder().decode(source.read(0, source.size))));
      coverage.claim('parsed', 0, source.size);
    } catch {
      // Not an advisory: the rest still counts.
    }
  },
  proof: { catches: [], passes: [] },
});
