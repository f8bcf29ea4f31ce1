import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { atLeast, type Severity } from '../../src/findings/severity.ts';
import { FORMATS } from '../../src/formats/index.ts';
import { Bytes } from '../../src/formats/source.ts';
import { ALL_RULES } from '../../src/lifecycle/scan/catalogue.ts';
import { HOSTILE_CONTAINERS } from '../../test/corpus/containers.ts';
import { MECHANISMS } from '../../test/corpus/pickle-mechanisms.ts';
import { MISUSES } from '../../test/corpus/pickle-misuse.ts';
import { CODE } from '../../test/corpus/repositories/code.ts';
import { FOLDERS } from '../../test/corpus/repositories/folders.ts';
import type { File } from '../../test/corpus/repositories/making.ts';
import { ORDINARY } from '../../test/corpus/repositories/ordinary.ts';
import { SERVED } from '../../test/corpus/repositories/served.ts';
import { VARIANTS } from '../../test/corpus/repositories/variants.ts';

/** A file of the corpus, and what it is. */
export interface Sample {
  readonly name: string;
  /** As it is called in a folder, where that matters; default: the last part of {@link name}. */
  readonly file?: string | undefined;
  readonly hostile: boolean;
  readonly bytes: () => Uint8Array;
  /** What another format says that it is, where it has no look of its own. */
  readonly as?: string | undefined;
}

const REAL = join(import.meta.dirname, '..', '..', 'test', 'corpus', 'real');
/** Files that libraries wrote, and that should not be loaded all the same. */
const HOSTILE_REAL = /(?:hdf5\/(?:external|virtual|keras-lambda|.*pickle-)|keras\/(?:lambda|module))/;
/** What stands beside real files and is none. */
const NOT_A_MODEL = /(?:\.py|\.md|\.sh|\.R)$/;

/** Everything that the repository has to try the scanner on: mechanisms, proofs of the formats, files that libraries wrote. */
export function corpus(): Sample[] {
  return [
    ...[...MECHANISMS, ...MISUSES].map(({ name, bytes }) => ({
      name: `pickle/${name}`,
      hostile: true,
      bytes: () => bytes,
    })),
    ...HOSTILE_CONTAINERS.map(({ name, bytes }) => ({ name: `container/${name}`, hostile: true, bytes })),
    ...FORMATS.flatMap(({ name: format, proof }) => [
      ...proof.catches
        .filter(({ rules = [] }) => rules.some((id) => isBad(ALL_RULES.get(id)?.severity)))
        .map(({ name, bytes }) => ({
          name: `${format}/${name}`,
          hostile: true,
          bytes,
          as: asOf(format, bytes),
        })),
      ...proof.passes.map(({ name, bytes }) => ({
        name: `${format}/${name}`,
        hostile: false,
        bytes,
        as: asOf(format, bytes),
      })),
    ]),
    ...[CODE, FOLDERS, SERVED, VARIANTS].flat().map((file) => ofRepository(file, true)),
    ...ORDINARY.map((file) => ofRepository(file, false)),
    ...filesIn(REAL).map((file) => ({
      name: `real/${relative(REAL, file)}`,
      hostile: HOSTILE_REAL.test(file),
      bytes: () => readFileSync(file),
    })),
  ];
}

const ofRepository = ([what, file, content]: File, hostile: boolean): Sample => ({
  name: `repository/${what}`,
  file,
  hostile,
  bytes: () => (typeof content === 'string' ? Buffer.from(content) : content),
});

const isBad = (severity: Severity | undefined): boolean =>
  severity !== undefined && atLeast(severity, 'medium');

function asOf(name: string, bytes: () => Uint8Array): string | undefined {
  const format = FORMATS.find((one) => one.name === name);
  return format?.looks(new Bytes(bytes()), 'sample') === false ? name : undefined;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((file) => (statSync(file).isDirectory() ? filesIn(file) : NOT_A_MODEL.test(file) ? [] : [file]));
}
