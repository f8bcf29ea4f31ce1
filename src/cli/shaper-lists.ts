import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import type { Candidate } from '../lifecycle/shaping/evaluate.ts';
import { type PredictionRule, predictionRuleOf } from '../policy/predictions.ts';
import type { CliIo } from './io.ts';
import { loadPolicy } from './load-policy.ts';

/** What is compared where no list is given. */
const USUAL: readonly Json[] = [
  [{ use: 'label-only' }],
  [{ use: 'rounding', decimals: 1 }],
  [{ use: 'boundary-privacy' }],
  [{ use: 'misinformation', threshold: 0.996 }],
  [{ use: 'misinformation', threshold: 0.999 }],
  [{ use: 'dawn' }],
];

export interface ListOptions {
  readonly shapers?: string;
  readonly policy?: string;
  readonly modelName?: string;
}

/** Unshaped answers, and what is to be compared with them. Throws Problem. */
export async function shaperLists(io: CliIo, options: ListOptions): Promise<Candidate[]> {
  const { shapers, policy, modelName } = options;
  if ((policy === undefined) !== (modelName === undefined))
    throw new Problem('usage', '--policy and --model-name go together');
  const given = [
    ...(shapers === undefined
      ? []
      : [listIn(io, shapers)].map((list) => ({ name: nameOf(list), shapers: list }))),
    ...(policy === undefined || modelName === undefined ? [] : ofPolicy(await ruleIn(io, policy, modelName))),
  ];
  const lists = given.length > 0 ? given : USUAL.map((list) => ({ name: nameOf(list), shapers: list }));
  return [{ name: 'none', shapers: [] }, ...lists];
}

async function ruleIn(io: CliIo, file: string, model: string): Promise<PredictionRule> {
  const { predictions } = await loadPolicy(io, resolve(io.cwd, file));
  const rule = predictionRuleOf(predictions, model);
  if (rule === undefined)
    throw new Problem(
      'usage',
      `${file} has no rule in “predictions” for ${model}`,
      'Its answers are given as they are.',
    );
  return rule;
}

/** What everybody's answers go through, and those of callers on each rung: with the shapers of the rungs below it. */
function ofPolicy({ shapers, ladder }: PredictionRule): Candidate[] {
  const rungs = ladder.flatMap(({ respond, shapers: own }, at) => {
    const below = ladder.slice(0, at + 1).flatMap((rung) => rung.shapers);
    return own.length > 0 ? [{ name: `${respond}: `, shapers: [...shapers, ...below] }] : [];
  });
  return [{ name: 'everybody: ', shapers: [...shapers] }, ...rungs].map(({ name, shapers }) => ({
    name: `${name}${nameOf(shapers)}`,
    shapers,
  }));
}

function listIn(io: CliIo, file: string): Json {
  try {
    return parse(io.read(resolve(io.cwd, file))) as Json;
  } catch (cause) {
    throw new Problem('usage', `${file} is no list of shapers in YAML`, undefined, cause);
  }
}

const nameOf = (shapers: Json): string =>
  Array.isArray(shapers) && shapers.length > 0
    ? shapers.map((one) => JSON.stringify(one).replace(/["{}]/g, '').replace('use:', '')).join(' + ')
    : 'none';
