import type { Format, Part } from '../format.ts';
import { Cursor, Malformed } from '../source.ts';
import { PAUSE, readModel, type Texts } from './read-model.ts';
import { BOOSTER_RULES as RULES } from './rules.ts';

const LONGEST = 1 << 20;
/** Bytes of records (src/learner.cc, src/gbm, src/tree of XGBoost 1.7). */
const LEARNER = 136;
const BOOSTER = 160;
const LINEAR = 136;
const TREE = 148;
const NODE = 20;
const STATISTICS = 16;

async function walk(part: Part, texts: Texts): Promise<number> {
  const cursor = new Cursor(part.source, 'model', 4);
  const text = (where: string): string => {
    const value = cursor.text(cursor.u64(), LONGEST);
    texts.look(value, where, cursor.at);
    return value;
  };
  const start = cursor.at;
  cursor.skip(12);
  const hasAttributes = cursor.i32() !== 0;
  const hasMetrics = cursor.i32() !== 0;
  cursor.seek(start + LEARNER);
  const objective = text('the objective');
  const booster = text('the booster');
  if (booster === 'gblinear') {
    cursor.skip(LINEAR);
    cursor.skip(cursor.u64() * 4);
  } else if (booster === 'gbtree' || booster === 'dart') await readTrees(part, cursor);
  else throw new Malformed('it is of no known kind of booster', cursor.at);
  if (booster === 'dart' && cursor.left > 0) cursor.skip(cursor.u64() * 4);
  if (hasAttributes) for (let count = cursor.u64(); count > 0; count--) text(text('an attribute'));
  if (objective === 'count:poisson') text('a setting');
  if (hasMetrics) for (let count = cursor.u64(); count > 0; count--) text('a metric');
  return cursor.at;
}

async function readTrees(part: Part, cursor: Cursor): Promise<void> {
  const start = cursor.at;
  const trees = cursor.u32();
  cursor.seek(start + BOOSTER);
  for (let i = 0; i < trees; i++) {
    const rest = i % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const at = cursor.at;
    cursor.skip(4);
    const nodes = cursor.u32();
    cursor.seek(at + TREE);
    cursor.skip(nodes * (NODE + STATISTICS));
  }
  cursor.skip(trees * 4);
}

/** XGBoost's models as they were before 1.0, which it still reads. */
export const binf: Format = {
  name: 'xgboost-binary',
  title: 'a model of XGBoost (binary)',
  rules: Object.values(RULES),
  firstBytes: 'b',
  looks: (source) =>
    source.size > LEARNER && Buffer.from(source.read(0, 4)).toString('latin1') === 'binf' && 'sure',
  read: (part) => readModel(part, (texts) => walk(part, texts)),
  proof: {
    catches: [
      { name: 'trees beyond the file', bytes: () => linear(2 ** 40), rules: [RULES.bounds.id] },
      {
        name: 'something behind',
        bytes: () => Buffer.concat([linear(0), Buffer.from('something')]),
        rules: [RULES.trailing.id],
      },
    ],
    passes: [{ name: 'a linear model', bytes: () => linear(0) }],
  },
};

function linear(weights: number): Uint8Array {
  const text = (one: string) =>
    Buffer.concat([Buffer.from([one.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(one)]);
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(weights));
  return Buffer.concat([
    Buffer.from('binf'),
    Buffer.alloc(LEARNER),
    text('reg:linear'),
    text('gblinear'),
    Buffer.alloc(LINEAR),
    count,
  ]);
}
