import type { Format, Part } from '../format.ts';
import { Cursor, Malformed } from '../source.ts';
import { PAUSE, readModel, type Texts } from './read-model.ts';
import { BOOSTER_RULES as RULES } from './rules.ts';

/** Bytes of numbers by their mark (Universal Binary JSON, draft 12). */
const SIZES: Readonly<Record<string, number>> = {
  i: 1,
  U: 1,
  I: 2,
  l: 4,
  L: 8,
  d: 4,
  D: 8,
  C: 1,
  T: 0,
  F: 0,
  Z: 0,
  N: 0,
};
const DEEPEST = 128;
const LONGEST = 16 << 20;

interface Level {
  readonly isObject: boolean;
  /** Of all that is in it; undefined where each says its own. */
  readonly type: string | undefined;
  /** How many are to come; Infinity where its end has a mark. */
  left: number;
  name: string;
}

async function walk(part: Part, texts: Texts): Promise<number> {
  const cursor = new Cursor(part.source, 'model');
  const levels: Level[] = [];
  const mark = () => String.fromCharCode(cursor.u8());
  const length = (): number => {
    const kind = mark();
    if (kind === 'U') return cursor.u8();
    if (kind === 'i') return cursor.u8() & 0x7f;
    if (kind === 'I') return cursor.u16(true);
    if (kind === 'l') return cursor.u32(true);
    if (kind === 'L') return cursor.u64(true);
    throw new Malformed('a length is none', cursor.at);
  };
  const text = (): string => cursor.text(length(), LONGEST);
  const open = (isObject: boolean): void => {
    if (levels.length >= DEEPEST) throw new Malformed('it is nested too deeply', cursor.at);
    let kind = mark();
    let type: string | undefined;
    if (kind === '$') {
      type = mark();
      kind = mark();
      if (kind !== '#') throw new Malformed('a list has a type and no length', cursor.at);
    }
    const left = kind === '#' ? length() : Number.POSITIVE_INFINITY;
    if (kind !== '#') cursor.seek(cursor.at - 1);
    const size = type === undefined ? undefined : SIZES[type];
    if (size !== undefined && !isObject) {
      if (size === 0 && left > LONGEST) throw new Malformed('a list of nothing is endless', cursor.at);
      cursor.skip(size * left);
    } else levels.push({ isObject, type, left, name: '' });
  };
  const value = (kind: string): void => {
    const size = SIZES[kind];
    if (size !== undefined) cursor.skip(size);
    else if (kind === 'S' || kind === 'H')
      texts.look(text(), levels.map(({ name }) => name).join('.'), cursor.at);
    else if (kind === '{' || kind === '[') open(kind === '{');
    else throw new Malformed('a value is of no known kind', cursor.at - 1);
  };
  value(mark());
  for (let steps = 0; levels.length > 0; steps++) {
    const rest = steps % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const level = levels.at(-1) as Level;
    if (level.left === 0) {
      levels.pop();
      continue;
    }
    if (level.left === Number.POSITIVE_INFINITY) {
      const next = mark();
      if (next === (level.isObject ? '}' : ']')) {
        levels.pop();
        continue;
      }
      cursor.seek(cursor.at - 1);
    } else level.left--;
    if (level.isObject) level.name = text();
    value(level.type ?? mark());
  }
  return cursor.at;
}

const file = (name: string, value: string) => () => {
  const text = (one: string) =>
    Buffer.concat([Buffer.from([0x4c, 0, 0, 0, 0, 0, 0, 0, one.length]), Buffer.from(one)]);
  return Buffer.concat([
    Buffer.from('{'),
    text('learner'),
    Buffer.from('{'),
    text(name),
    Buffer.from('S'),
    text(value),
    Buffer.from('}}'),
  ]);
};

/** XGBoost's models in binary JSON, its own since 2.1. */
export const ubjson: Format = {
  name: 'xgboost-ubj',
  title: 'a model of XGBoost (UBJSON)',
  rules: Object.values(RULES),
  firstBytes: '{',
  looks: (source) =>
    /^\{(?:[iUlIL]|\$|#)[\s\S]{0,12}learner/.test(Buffer.from(source.read(0, 40)).toString('latin1')) &&
    'sure',
  read: (part) => readModel(part, (texts) => walk(part, texts)),
  proof: {
    catches: [
      { name: 'code', bytes: file('objective', '__import__("os").system("id")'), rules: [RULES.code.id] },
      {
        name: 'a pickle in a text',
        bytes: file('objective', Buffer.from('cos\nsystem\n(S"id"\ntR.').toString('base64')),
        rules: ['pickle.dangerous-call'],
      },
      {
        name: 'a length beyond the file',
        bytes: () => file('objective', 'x')().subarray(0, -4),
        rules: [RULES.bounds.id],
      },
      {
        name: 'something behind',
        bytes: () => Buffer.concat([file('a', 'b')(), Buffer.from('something')]),
        rules: [RULES.trailing.id],
      },
    ],
    passes: [{ name: 'an objective', bytes: file('objective', 'binary:logistic') }],
  },
};
