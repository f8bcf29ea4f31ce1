import type { Format, Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Cursor, Malformed } from '../source.ts';
import { readModel, type Texts } from './read-model.ts';
import { BOOSTER_RULES as RULES } from './rules.ts';

const WINDOW = 1 << 18;
const OVERLAP = 4096;
/** Texts stand in the core; trees of numbers may follow for long. */
const LOOKED_THROUGH = 64 << 20;
/** What may follow the core: tables of categories, and parts for texts and embeddings. */
const PARTS = /static_ctr_provider|text_processing|embedding_processing/;
const WORDS = /[\x20-\x7e\n\t]{16,}/g;

async function walk(part: Part, texts: Texts): Promise<number> {
  const { source } = part;
  const cursor = new Cursor(source, 'model', 4);
  const size = cursor.u32();
  const start = cursor.at;
  if (size < 8 || size > cursor.left) throw new Malformed('the model is longer than the file', 4);
  const root = cursor.u32();
  if (root < 4 || root >= size) throw new Malformed('the model begins outside of itself', start);
  let hasParts = false;
  const end = start + Math.min(size, LOOKED_THROUGH);
  for (let at = start; at < end; at += WINDOW - OVERLAP) {
    const rest = part.pause();
    if (rest) await rest;
    const text = Buffer.from(source.read(at, Math.min(WINDOW, end - at))).toString('latin1');
    hasParts ||= PARTS.test(text);
    for (const { 0: words, index } of text.matchAll(WORDS)) texts.look(words, 'a text', at + index);
  }
  // Parts that follow say their lengths in ways of their own.
  if (!hasParts || beginsLikeFile(source, start + size)) return start + size;
  part.coverage.claim('data', start + size, source.size);
  return source.size;
}

/** CatBoost's models (catboost/libs/model): a core of flatbuffers, and what belongs to it. */
export const catboost: Format = {
  name: 'catboost',
  title: 'a model of CatBoost',
  rules: Object.values(RULES),
  firstBytes: 'C',
  looks: (source) =>
    source.size > 12 && Buffer.from(source.read(0, 4)).toString('latin1') === 'CBM1' && 'sure',
  read: (part) => readModel(part, (texts) => walk(part, texts)),
  proof: {
    catches: [
      { name: 'a length beyond the file', bytes: () => file('x', 999), rules: [RULES.bounds.id] },
      { name: 'code', bytes: () => file('__import__("os").system("id")'), rules: [RULES.code.id] },
      {
        name: 'something behind',
        bytes: () => Buffer.concat([file('x'), Buffer.from('something')]),
        rules: [RULES.trailing.id],
      },
    ],
    passes: [{ name: 'a model', bytes: () => file('{"loss_function":{"type":"RMSE"}}') }],
  },
};

function file(text: string, more = 0): Uint8Array {
  const head = Buffer.alloc(16);
  head.write('CBM1');
  head.writeUInt32LE(8 + text.length + more, 4);
  head.writeUInt32LE(4, 8);
  return Buffer.concat([head, Buffer.from(text)]);
}
