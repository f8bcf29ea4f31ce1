import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Format } from '../../../src/formats/format.ts';
import { FORMATS } from '../../../src/formats/index.ts';
import { Bytes } from '../../../src/formats/source.ts';
import { Book } from '../../../src/lifecycle/scan/calls/book.ts';
import type { Target } from '../target.ts';
import { container, containerTargets, LONGEST } from './containers.ts';
import { pickleTargets } from './pickle.ts';

const known = new Set([...containerTargets, ...pickleTargets].map(({ name }) => name));
const readers = { formats: FORMATS, calls: new Book() };
/** Seeds of one format: so many of its own proofs, and of real files. */
const MOST = 24;
const REAL = join(import.meta.dirname, '../../corpus/real');

/** Files of real libraries, small ones first. */
const realFiles = (): readonly { readonly name: string; readonly bytes: Buffer }[] =>
  readdirSync(REAL, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }))
    .filter(({ bytes }) => bytes.length <= LONGEST)
    .sort((a, b) => a.bytes.length - b.bytes.length || (a.name < b.name ? -1 : 1));

const seedsOf = ({ proof, looks }: Format): Buffer[] => [
  ...[...proof.catches, ...proof.passes].slice(0, MOST).map(({ bytes }) => Buffer.from(bytes())),
  ...realFiles()
    .filter(({ name, bytes }) => looks(new Bytes(bytes), name) === 'sure')
    .slice(0, MOST)
    .map(({ bytes }) => bytes),
];

/** Every format that has no target of its own, by all readers together, from the samples of its proof and real files. */
export const formatTargets: readonly Target[] = FORMATS.filter(
  ({ name, proof }) => !known.has(`formats.${name}`) && proof.catches.length + proof.passes.length > 0,
).map((format) => container(format.name, [], [], () => seedsOf(format), readers));
