import type { Random } from '../random.ts';
import { Composer, hidden } from './compose.ts';
import { compileLexicon } from './lexicon.ts';
import { readLibrary } from './library.ts';
import type { Tables } from './reader.ts';
import { harmRows, type Row, samplesOf, trainRows } from './rows.ts';
import type { Sample } from './sample.ts';
import { surpriseOf } from './surprise.ts';

/** Sources whose texts stand in for what people ask. */
const QUESTIONS = new Set([
  'plexpt_questions',
  'banking77',
  'gpteacher_codegen',
  'gpteacher_roleplay',
  'restaurant8k',
  'self_instruct_seed',
  'gsm8k',
  'mgsm',
]);
/** Sources whose texts stand in for what is fetched. */
const DOCUMENTS = new Set([
  'gpteacher_codegen_resp',
  'gpteacher_roleplay_resp',
  'gsm8k',
  'mgsm',
  'payloads_docs',
  'synth_carrier_benign',
  'banking77',
]);

/** Everything that a training draws from. */
export interface Corpus {
  readonly tables: Tables;
  /** One pass over data and grammars; the grammars' texts are made anew each time. */
  samples(random: Random): Sample[];
}

/**
 * @param without sources and grammar files that are left out, to be measured on
 * @param own samples beside those of the folder
 */
export function openCorpus(
  folder: string,
  without: ReadonlySet<string> = new Set(),
  own: readonly Sample[] = [],
): Corpus {
  const wanted = ({ source }: Row) => !without.has(source);
  const rows = trainRows(folder).filter(wanted);
  const benign = rows.filter(({ label }) => label === 'benign');
  const texts = (sources: ReadonlySet<string>) =>
    benign.filter(({ source }) => sources.has(source)).map(({ text }) => text);
  const library = readLibrary();
  const grammars = library.grammars.filter(({ rules }) => !without.has(rules[0]?.file ?? ''));
  const composer = new Composer({ ...library, grammars }, texts(QUESTIONS), texts(DOCUMENTS));
  const data = [...samplesOf([...rows, ...harmRows(folder).filter(wanted)]), ...own];
  return {
    tables: { lexicon: compileLexicon(), surprise: surpriseOf(benign.map(({ text }) => text)) },
    samples: (random) => [
      ...data.map((one) => (one.harm === true && random.chance(0.25) ? hidden(one) : one)),
      ...composer.samples(random, { each: 4, within: 3, carrier: 6 }),
    ],
  };
}
