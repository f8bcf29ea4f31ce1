import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSets } from '../../eval/injection/sets.ts';
import { SENSITIVITIES } from '../../src/guards/injection/calibration.ts';
import { type Speaker, speakerOf } from '../../src/guards/injection/features.ts';
import { HEADS } from '../../src/guards/injection/heads.ts';
import { ALL_LANES, LANES, LETTER_LANES } from '../../src/guards/injection/lanes.ts';
import { MODEL_VERSION, type Section, writeModel } from '../../src/guards/injection/model.ts';
import { Upper } from '../../src/guards/injection/upper.ts';
import { openCorpus } from './corpus.ts';
import { fit, Scorer, type Trained } from './fit.ts';
import { quantised } from './quantise.ts';
import type { Tables } from './reader.ts';
import { samplesOfSets } from './rows.ts';

export const HELP = `npm run train -- injection --data DIR [--sets DIR] [--out FILE] [--seed N] [--passes N]

Trains the model of the guard “injection” (tier 1) and writes models/injection.bin. The same data and the same seed give
the same file. Takes some minutes on one core.

  --data DIR    folder with injection/train.jsonl and injection/aux_harmful_plain.jsonl
  --sets DIR    sets of your own beside it, as “gatehouse reviews export --cases” writes them: NAME.jsonl
  --out FILE    default: models/injection.bin
  --seed N      default: 7
  --passes N    passes over data and grammars, default: 4

Example:
  npm run train -- injection --data ../shared/data
`;

/** Innocent texts that nothing was learned from: only the lines are drawn by them. */
const SETS = join(import.meta.dirname, '..', '..', 'eval', 'injection', 'sets');
const OUT = join(import.meta.dirname, '..', '..', 'models', 'injection.bin');

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      sets: { type: 'string' },
      out: { type: 'string', default: OUT },
      seed: { type: 'string', default: '7' },
      passes: { type: 'string', default: '4' },
    },
  });
  if (values.data === undefined) {
    process.stderr.write(`Where is the data?\n\n${HELP}`);
    return 3;
  }
  const own = values.sets === undefined ? [] : samplesOfSets(readSets(values.sets));
  const corpus = openCorpus(values.data, undefined, own);
  const trained = fit({
    tables: corpus.tables,
    seed: Number(values.seed),
    buckets: BUCKETS,
    epochs: Number(values.passes),
    folds: 4,
    samples: corpus.samples,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const bytes = packed(trained, corpus.tables);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, bytes);
  process.stderr.write(`${values.out}: ${(bytes.length / 1e6).toFixed(1)} MB\n`);
  return 0;
}

/** Rows of the tables of words and of letters. */
export const BUCKETS = 1 << 18;

/** A trained model as the bytes of its file. */
export function packed(trained: Trained, { lexicon, surprise }: Tables): Uint8Array {
  const { lanes, upper } = trained;
  const words = quantised(lanes.table as Float32Array, LANES.length);
  const letters = quantised(lanes.letters as Float32Array, LETTER_LANES.length);
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
    new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  const sections: Record<Section, Uint8Array> = {
    table: bytes(words.table),
    scale: bytes(words.scale),
    letters: bytes(letters.table),
    letterScale: bytes(letters.scale),
    dense: bytes(lanes.dense),
    shift: bytes(upper.shift),
    upperScale: bytes(upper.scale),
    inner: bytes(upper.inner),
    innerBias: bytes(upper.innerBias),
    outer: bytes(upper.outer),
    direct: bytes(upper.direct),
    outerBias: bytes(upper.outerBias),
    surprise: bytes(surprise),
    lexicon: bytes(lexicon.table),
  };
  const hash = createHash('sha256');
  for (const section of Object.values(sections)) hash.update(section);
  return writeModel(
    {
      version: MODEL_VERSION,
      trained: hash.digest('hex'),
      lanes: ALL_LANES.map(({ name }) => name),
      heads: HEADS,
      buckets: lanes.buckets,
      hidden: upper.hidden,
      longestEntry: lexicon.longest,
      lines: settled(trained, { lexicon, surprise }),
    },
    sections,
  );
}

/**
 * Where innocent texts end, by speaker: log-odds above which a share of the innocent texts lie that come from data sets
 * which the lanes had not learned from. Every source counts the same, large or small.
 */
export function linesOf({ heard, upper }: Trained): Record<string, Record<string, number>> {
  const net = new Upper(upper);
  const speakers: Speaker[] = ['user', 'data', 'operator'];
  return Object.fromEntries(
    speakers.map((speaker) => {
      const bySource = new Map<string, number>();
      const innocent = heard.filter(
        ({ sample }) => sample.speaker === speaker && sample.attack === false && !sample.decoded,
      );
      for (const { sample } of innocent) bySource.set(sample.source, (bySource.get(sample.source) ?? 0) + 1);
      const scored = innocent
        .map(({ pooled, sample }) => ({
          logit: net.run(pooled)[0] as number,
          weight: 1 / Math.max(100, bySource.get(sample.source) ?? 1),
        }))
        .sort((a, b) => b.logit - a.logit);
      const total = scored.reduce((sum, { weight }) => sum + weight, 0);
      const line = (share: number): number => {
        let above = 0;
        for (const { logit, weight } of scored) {
          above += weight;
          if (above > share * total) return logit;
        }
        return 0;
      };
      return [
        speaker,
        Object.fromEntries(Object.values(SENSITIVITIES).map((share) => [share, line(Number(share))])),
      ];
    }),
  );
}

/**
 * The lines that ship. What the lanes had not learned from overstates what is flagged, for the model that ships has
 * learned from those sources too; texts that one author made up for a test understate it, for they are tidy. So the line
 * is moved two thirds of the way from the first to the second, by what 1 % of each lies above.
 */
function settled(trained: Trained, tables: Tables): Record<string, Record<string, number>> {
  const lines = linesOf(trained);
  const scorer = new Scorer(trained, tables);
  const tidy = new Map<string, number[]>();
  for (const { set, text, attack, provenance } of readSets(SETS)) {
    if (attack || set.startsWith('hard-')) continue;
    const speaker = speakerOf(provenance) === 'user' ? 'user' : 'data';
    const scores = tidy.get(speaker) ?? [];
    scores.push(scorer.score(text, speakerOf(provenance)));
    tidy.set(speaker, scores);
  }
  return Object.fromEntries(
    Object.entries(lines).map(([speaker, line]) => {
      const scores = (tidy.get(speaker) ?? []).sort((a, b) => b - a);
      const seen = scores[Math.floor(scores.length * 0.01)];
      const move = seen === undefined ? 0 : (2 * ((line['0.01'] ?? 0) - seen)) / 3;
      return [speaker, Object.fromEntries(Object.entries(line).map(([share, at]) => [share, at - move]))];
    }),
  );
}
