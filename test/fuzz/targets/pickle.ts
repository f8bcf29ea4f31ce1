import { readdirSync, readFileSync } from 'node:fs';
import { pickle } from '../../../src/formats/pickle/index.ts';
import { Book } from '../../../src/lifecycle/scan/calls/book.ts';
import { MECHANISMS } from '../../corpus/pickle-mechanisms.ts';
import type { Target } from '../target.ts';
import { container } from './containers.ts';

const REAL = new URL('../../corpus/real/pickle/', import.meta.url);

const seeds = () => [
  ...MECHANISMS.map(({ bytes }) => Buffer.from(bytes)),
  ...readdirSync(REAL)
    .filter((name) => /\.(?:pkl|joblib|pt)$/.test(name))
    .map((name) => readFileSync(new URL(name, REAL)))
    .filter(({ length }) => length < 4_000),
];

export const pickleTargets: readonly Target[] = [
  container(
    'pickle',
    [],
    [
      'cos\nsystem\n',
      '\x80\x02',
      '\x80\x04\x95',
      '\x8c\x02os',
      '\x93',
      '\x94',
      'q\x00h\x00',
      '(t',
      '}u',
      ']e',
      '\x85R',
      ')\x81',
      'b',
      '.',
    ],
    seeds,
    { formats: [pickle], calls: new Book() },
  ),
];
