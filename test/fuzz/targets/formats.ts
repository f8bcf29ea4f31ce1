import { FORMATS } from '../../../src/formats/index.ts';
import { Book } from '../../../src/lifecycle/scan/calls/book.ts';
import type { Target } from '../target.ts';
import { container, containerTargets } from './containers.ts';
import { pickleTargets } from './pickle.ts';

const known = new Set([...containerTargets, ...pickleTargets].map(({ name }) => name));
const readers = { formats: FORMATS, calls: new Book() };
/** Seeds of one format: some of its own proofs. */
const MOST = 24;

/** Every format that has no target of its own, by all readers together, from the samples of its proof. */
export const formatTargets: readonly Target[] = FORMATS.filter(
  ({ name, proof }) => !known.has(`formats.${name}`) && proof.catches.length + proof.passes.length > 0,
).map(({ name, proof }) =>
  container(
    name,
    [],
    [],
    () => [...proof.catches, ...proof.passes].slice(0, MOST).map(({ bytes }) => Buffer.from(bytes())),
    readers,
  ),
);
