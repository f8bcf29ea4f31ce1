import type { Format, Likeness } from '../format.ts';
import type { Source } from '../source.ts';
import { endsAsZip } from './directory.ts';
import { readZip } from './read.ts';
import { ZIP_RULES } from './rules.ts';
import { CATCHES, PASSES } from './samples.ts';

/** A member, an archive of nothing, and one that was meant for several disks. */
const BEGINNINGS = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08PK', 'PK00PK'];

function looks(source: Source): Likeness {
  const begin = Buffer.from(source.read(0, 6)).toString('latin1');
  return (BEGINNINGS.some((one) => begin.startsWith(one)) || endsAsZip(source)) && 'sure';
}

/**
 * Zip files, and what is one under another name: PyTorch's archives, numpy's `.npz`, Keras's, skops's. Members are read
 * by their content; the raw numbers of a PyTorch archive are known by their place in it, and are data.
 */
export const zip: Format = {
  name: 'zip',
  title: 'a zip archive',
  thorough: true,
  rules: Object.values(ZIP_RULES),
  looks,
  read: readZip,
  proof: { catches: CATCHES, passes: PASSES },
};
