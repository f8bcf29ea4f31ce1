import type { Sample } from '../format.ts';
import { assemble } from './assemble.ts';
import { ZIP_RULES } from './rules.ts';

/** Empty dictionaries, as pickles. */
const PICKLE = Uint8Array.of(0x80, 2, 0x7d, 0x2e);
const OTHER = Uint8Array.of(0x80, 3, 0x7d, 0x2e);

const sample = (
  name: string,
  bytes: () => Uint8Array,
  ...rules: readonly { readonly id: string }[]
): Sample => ({
  name,
  bytes,
  rules: rules.map(({ id }) => id),
});

export const CATCHES: readonly Sample[] = [
  sample(
    'another name in the directory',
    () => assemble([{ name: 'a/data.pkl', data: PICKLE, local: { name: 'a/data.bin' } }]),
    ZIP_RULES.disagreement,
  ),
  sample(
    'one name twice',
    () =>
      assemble([
        { name: 'a/data.pkl', data: PICKLE },
        { name: 'a/data.pkl', data: OTHER },
      ]),
    ZIP_RULES.duplicate,
  ),
  sample(
    'a member that is in no directory',
    () =>
      assemble([
        { name: 'a/data.pkl', data: PICKLE },
        { name: 'a/evil.pkl', data: OTHER, listed: false },
      ]),
    ZIP_RULES.hidden,
  ),
  sample(
    'two names for the same bytes',
    () =>
      assemble([
        { name: 'a', data: PICKLE },
        { name: 'b', data: PICKLE, instead: 0, local: { name: 'b' } },
      ]),
    ZIP_RULES.overlap,
  ),
  sample('a wrong count', () => assemble([{ name: 'a', data: PICKLE }], { count: 0 }), ZIP_RULES.directory),
  sample(
    'a pickle in front',
    () => assemble([{ name: 'a', data: PICKLE }], { prefix: OTHER }),
    ZIP_RULES.gap,
  ),
  sample(
    'a wrong checksum',
    () => assemble([{ name: 'a', data: PICKLE, says: { crc: 1 } }]),
    ZIP_RULES.checksum,
  ),
  sample(
    'a flag of encryption',
    () => assemble([{ name: 'a', data: PICKLE, says: { flags: 1 } }]),
    ZIP_RULES.flags,
  ),
  sample(
    'a method of nobody',
    () => assemble([{ name: 'a', data: PICKLE, says: { method: 77 } }]),
    ZIP_RULES.method,
  ),
  sample(
    'data that does not unpack',
    () => assemble([{ name: 'a', data: PICKLE, says: { method: 8 } }]),
    ZIP_RULES.corrupt,
  ),
  sample('a way out', () => assemble([{ name: '../../a.pkl', data: PICKLE }]), ZIP_RULES.slip),
  sample('a link', () => assemble([{ name: 'a', data: 'b', mode: 0o120777 }]), ZIP_RULES.link),
  sample(
    'an invisible end of a name',
    () => assemble([{ name: 'a.pkl\0.txt', data: PICKLE }]),
    ZIP_RULES.name,
  ),
];

export const PASSES: readonly Sample[] = [
  { name: 'a pickle', bytes: () => assemble([{ name: 'a/data.pkl', data: PICKLE }]) },
  {
    name: 'a PyTorch archive',
    bytes: () =>
      assemble([
        { name: 'a/data.pkl', data: PICKLE },
        { name: 'a/version', data: '3\n' },
        { name: 'a/byteorder', data: 'little' },
        { name: 'a/data/0', data: new Uint8Array(64).fill(0x3f) },
      ]),
  },
  { name: 'nothing', bytes: () => assemble([]) },
];
