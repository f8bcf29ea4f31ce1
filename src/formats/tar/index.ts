import type { Format, Sample } from '../format.ts';
import { assemble, records } from './assemble.ts';
import { isEmpty, readHeader } from './header.ts';
import { readTar } from './read.ts';
import { TAR_RULES } from './rules.ts';

/** An empty dictionary, as a pickle. */
const PICKLE = Uint8Array.of(0x80, 2, 0x7d, 0x2e);

const sample = (name: string, rule: { readonly id: string }, bytes: () => Uint8Array): Sample => ({
  name,
  bytes,
  rules: [rule.id],
});

/** tar of every kind (v7, ustar, pax, GNU), among them NeMo's and what torch wrote before 2017. */
export const tar: Format = {
  name: 'tar',
  title: 'a tar archive',
  thorough: true,
  rules: Object.values(TAR_RULES),
  looks: (source) =>
    source.size >= 512 && !isEmpty(source.read(0, 512)) && readHeader(source, 0) !== undefined && 'sure',
  read: readTar,
  proof: {
    catches: [
      sample('two lengths', TAR_RULES.disagreement, () =>
        assemble([records({ size: '4' }), { name: 'a', data: PICKLE, size: 2 }]),
      ),
      sample('one name twice', TAR_RULES.duplicate, () =>
        assemble([
          { name: 'a', data: PICKLE },
          { name: './a', data: PICKLE },
        ]),
      ),
      sample('a wrong checksum', TAR_RULES.corrupt, () =>
        assemble([
          { name: 'a', data: PICKLE },
          { name: 'b', data: PICKLE, checksum: 1 },
        ]),
      ),
      sample('a pickle behind the end', TAR_RULES.trailing, () =>
        Buffer.concat([assemble([{ name: 'a', data: PICKLE }]), PICKLE]),
      ),
      sample('a pipe', TAR_RULES.special, () => assemble([{ name: 'a', kind: '6' }])),
      sample('a way out', TAR_RULES.slip, () => assemble([{ name: '../a.pkl', data: PICKLE }])),
      sample('a link out', TAR_RULES.slip, () => assemble([{ name: 'a', kind: '2', link: '/etc/a' }])),
      sample('a link', TAR_RULES.link, () => assemble([{ name: 'a', kind: '2', link: 'b' }])),
      sample('a hidden character', TAR_RULES.name, () =>
        assemble([{ name: 'a\u202elkp.txt', data: PICKLE }]),
      ),
    ],
    passes: [
      { name: 'a pickle', bytes: () => assemble([{ name: 'a/data.pkl', data: PICKLE }]) },
      {
        name: 'a long name',
        bytes: () => assemble([records({ path: 'a'.repeat(300) }), { name: 'a', data: PICKLE }]),
      },
    ],
  },
};
