import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeModel } from '../../src/guards/pii/model.ts';
import { Random } from '../random.ts';
import { fit } from './fit.ts';
import { unnamed } from './frames.ts';
import { type Example, Grammar } from './grammar.ts';
import { GIVEN, makeLexicon, PLACES, SURNAMES } from './lexicon.ts';

export const HELP = `npm run train -- pii [--data DIR] [--examples N] [--epochs N]   writes models/pii.bin

  --data      a folder with pii/train.jsonl and injection/train.jsonl; without it, generated texts only
  --examples  how many texts are generated (60000)
  --epochs    passes over them (5)
`;

/** Benign texts that hold few names of persons: prompts, documents, code. Those with a known given name are left out. */
const QUIET_SOURCES = /awesome_chatgpt|payloads_docs|banking77|self_instruct|gpteacher|prompts|restaurant/;

const lines = (path: string): { text: string; spans?: Example['spans']; source?: string; label?: string }[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      examples: { type: 'string', default: '60000' },
      epochs: { type: 'string', default: '5' },
    },
  });
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const random = new Random(20_261_121);
  const grammar = new Grammar(random);
  const examples: Example[] = Array.from({ length: Number(values.examples) }, () => grammar.example());
  const counts = new Map<string, number>();
  const capitals = new Map<string, number>();
  const names = new Set([...GIVEN.values(), ...SURNAMES.values(), ...PLACES.values()].flat());
  if (values.data !== undefined) {
    for (const { text, spans = [] } of lines(join(values.data, 'pii', 'train.jsonl')))
      examples.push({ text, spans });
    let quiet = 0;
    for (const { text, label, source = '' } of lines(join(values.data, 'injection', 'train.jsonl'))) {
      if (label !== 'benign') continue;
      for (const word of text.match(/(?<![\p{L}\p{N}_])\p{Ll}[\p{Ll}'’]+/gu) ?? [])
        counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of text.match(/(?<=\p{Ll} )\p{Lu}\p{Ll}{2,}/gu) ?? []) {
        if (!names.has(word)) capitals.set(word, (capitals.get(word) ?? 0) + 1);
      }
      if (quiet > 9_000 || !QUIET_SOURCES.test(source)) continue;
      const piece = text.slice(0, 600);
      // `Can` and `Will` are names too, and far more often are not.
      if (
        (piece.match(/\p{Lu}\p{L}+/gu) ?? []).some(
          (word) => names.has(word) && (counts.get(word.toLowerCase()) ?? 0) < 60,
        ) ||
        /\d+ \p{Lu}\p{L}+ (?:St|Ave|Road|Street)/u.test(piece)
      )
        continue;
      const slotted = quiet % 2 === 0 ? unnamed(piece) : undefined;
      examples.push(slotted === undefined ? { text: piece, spans: [] } : grammar.fill(slotted, 'en'));
      quiet++;
    }
    log(`${quiet} quiet texts`);
  }
  const common = [...counts]
    .filter(([, count]) => count >= 6)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 9_000)
    .map(([word]) => word);
  common.push(...[...capitals].filter(([, count]) => count >= 8).map(([word]) => word));
  log(`${examples.length} texts, ${common.length} common words`);
  const model = fit(examples, makeLexicon(common), random, Number(values.epochs), log);
  const file = join(import.meta.dirname, '..', '..', 'models', 'pii.bin');
  mkdirSync(join(file, '..'), { recursive: true });
  const bytes = encodeModel(model);
  writeFileSync(file, bytes);
  log(`${file}: ${(bytes.length / 1e6).toFixed(2)} MB`);
  return 0;
}
