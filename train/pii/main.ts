import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeModel } from '../../src/guards/pii/model.ts';
import { Random } from '../random.ts';
import { fit } from './fit.ts';
import { type Example, Grammar } from './grammar.ts';
import { GIVEN, makeLexicon, PLACES, SURNAMES } from './lexicon.ts';
import { renamed, unnamed } from './natural.ts';

export const HELP = `npm run train -- pii [--data DIR] [--examples N] [--epochs N]   writes models/pii.bin

  --data      a folder with pii/train.jsonl and injection/train.jsonl; without it, generated texts only
  --examples  how many texts are generated (100000)
  --epochs    passes over them (5)
`;

/** Benign texts that hold few names of persons: prompts, documents, code. Those with a known given name are left out. */
const QUIET_SOURCES =
  /awesome_chatgpt|payloads_docs|banking77|self_instruct|gpteacher|prompts|restaurant|hard_benign|synth_multilingual|carrier_benign/;

/** Short tales about somebody; their names are replaced. */
const NAMED_SOURCES = /gsm|roleplay/;

/** `Can` and `Will` are names too, and far more often are not: words that were seen so often in small letters. */
const OFTEN = 30;

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
      examples: { type: 'string', default: '100000' },
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
    const benign = lines(join(values.data, 'injection', 'train.jsonl')).filter(
      ({ label }) => label === 'benign',
    );
    for (const { text } of benign) {
      for (const word of text.match(/(?<![\p{L}\p{N}_])\p{Ll}[\p{Ll}'’]+/gu) ?? [])
        counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of text.match(/(?<=\p{Ll} )\p{Lu}\p{Ll}{2,}/gu) ?? []) {
        if (!names.has(word)) capitals.set(word, (capitals.get(word) ?? 0) + 1);
      }
    }
    const given = new Set([...GIVEN.values()].flat());
    const often = (word: string): boolean => (counts.get(word.toLowerCase()) ?? 0) >= OFTEN;
    let quiet = 0;
    let named = 0;
    for (const { text, source = '' } of benign) {
      const piece = text.slice(0, 600);
      if (NAMED_SOURCES.test(source)) {
        const slotted = renamed(piece, (word) => given.has(word), often);
        if (slotted === undefined) continue;
        for (let copy = 0; copy < 3; copy++) examples.push(grammar.fill(slotted, 'en'));
        named++;
        continue;
      }
      if (quiet > 16_000 || !QUIET_SOURCES.test(source)) continue;
      if (
        (piece.match(/\p{Lu}\p{L}+/gu) ?? []).some((word) => names.has(word) && !often(word)) ||
        /\d+ \p{Lu}\p{L}+ (?:St|Ave|Road|Street)/u.test(piece)
      )
        continue;
      const slotted = quiet % 2 === 0 ? unnamed(piece) : undefined;
      examples.push(slotted === undefined ? { text: piece, spans: [] } : grammar.fill(slotted, 'en'));
      quiet++;
    }
    log(`${quiet} quiet texts, ${named} with other names`);
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
