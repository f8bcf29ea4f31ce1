import type { Format } from '../format.ts';
import type { Source } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

/** How Actually Portable Executables begin (Cosmopolitan, ape/specification.md), whether for Windows as well or not. */
const BEGINS = /^(?:MZqFpD='|jartsr='|APEDBG=')/;
const END = 'PK\x05\x06';

const isApe = (source: Source): boolean => BEGINS.test(Buffer.from(source.read(0, 8)).toString('latin1'));

/** A zip follows the program: its end record is in the last bytes. Its members are read as those of any zip. */
const hasZip = (source: Source): boolean =>
  Buffer.from(source.read(Math.max(0, source.size - 65_600), 65_600))
    .toString('latin1')
    .includes(END);

export const llamafile: Format = {
  name: 'llamafile',
  title: 'a llamafile',
  rules: Object.values(RULES),
  looks: (source) => isApe(source) && 'sure',
  async read({ source, coverage, report }) {
    report({
      rule: RULES.llamafile.id,
      message: `it is a program for several systems${hasZip(source) ? ' with an archive behind it' : ''}`,
      range: { start: 0, end: source.size },
    });
    coverage.claim('unread', 0, source.size, 'it is machine code');
  },
  proof: {
    catches: [
      {
        name: 'a program',
        bytes: () => Buffer.concat([Buffer.from("MZqFpD='\n"), Buffer.alloc(64)]),
        rules: [RULES.llamafile.id],
      },
    ],
    passes: [],
  },
};
