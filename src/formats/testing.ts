import type { FileRead } from '../findings/result.ts';
import { scanFile } from '../lifecycle/scan/scanner.ts';
import type { CallBook } from './calls.ts';
import type { Format } from './format.ts';
import { FORMATS } from './index.ts';
import { Bytes } from './source.ts';

/** Content that a test hides somewhere: whoever reads it reports `test.mark`. */
export const MARK = Buffer.from('\x02MARK: here it is\n');

const marker: Format = {
  name: 'marker',
  title: 'a mark',
  rules: [{ id: 'test.mark', title: 'a mark', severity: 'note', about: '', advice: '' }],
  looks: (source) => MARK.equals(source.read(0, MARK.length)) && 'sure',
  read: async ({ coverage, source, report }) => {
    coverage.claim('parsed', 0, source.size);
    report({ rule: 'test.mark', message: 'here it is' });
  },
  proof: { catches: [], passes: [] },
};

const calls: CallBook = { lookUp: () => ({ verdict: 'unknown', why: '' }) };

/** Scans bytes by every format, and by one that finds marks. */
export const scanned = (bytes: Uint8Array, name = 'model.bin'): Promise<Omit<FileRead, 'sha256'>> =>
  scanFile(name, new Bytes(bytes), { formats: [...FORMATS, marker], calls });

/** Rules of what is found, each once, in order; those of the mark aside. */
export const rulesOf = ({ findings }: Pick<FileRead, 'findings'>): readonly string[] =>
  [...new Set(findings.map(({ rule }) => rule))].filter((rule) => rule !== 'test.mark').sort();

/** Where marks were read. */
export const marksIn = ({ findings }: Pick<FileRead, 'findings'>): readonly string[] =>
  findings.filter(({ rule }) => rule === 'test.mark').map(({ place }) => place.path.slice(1).join(' > '));
