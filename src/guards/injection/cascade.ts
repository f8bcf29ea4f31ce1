import { Problem } from '../../base/problem.ts';
import { TECHNIQUES, type Technique } from '../../exchange/technique.ts';
import { blocks } from '../blocks.ts';
import { type Classifier, highest, type Stretch } from '../classifier.ts';
import type { About, Found, Reader, Weighed } from '../guard.ts';
import type { Means } from '../means.ts';
import { ATTACKS, Judge, scoreOfOpinion } from '../opinion.ts';
import type { InjectionSettings } from './settings.ts';

type Weigh = (text: string, about: About) => Weighed | Promise<Weighed>;
type Settings = Pick<InjectionSettings, 'encoder' | 'judge' | 'unsure' | 'techniques'>;

/** Scores of tier 1 between which the next tier is asked. */
const UNSURE = [0.2, 0.8] as const;

/** What is harmless in the words of the encoders that there are. Whatever else they say is an attack. */
const HARMLESS = /^(benign|safe|legit|legitimate|normal|harmless|negative|no_injection|label_0)$/;

/** What a later tier says. */
interface Said {
  readonly tier: 2 | 3;
  /** 0..1, calibrated like tier 1: findings begin at 0.5. */
  readonly score: number;
  readonly why: string;
}

/**
 * Where tier 1 is unsure, the encoder decides, and where that is unsure too, or there is none, the judge: a finding may
 * come of it, or go. Whatever cannot be asked makes the guard fail. Without either, tier 1 decides alone.
 */
export function cascade(name: string, settings: Settings, means: Means, first: Weigh): Weigh {
  const { unsure = UNSURE, techniques = {} } = settings;
  const isUnsure = (score: number): boolean => score >= (unsure[0] ?? 0) && score <= (unsure[1] ?? 1);
  const encoder =
    settings.encoder === undefined ? undefined : attackScorer(means.classifier(settings.encoder));
  const judge = settings.judge === undefined ? undefined : new Judge(means.consult(settings.judge), ATTACKS);
  if (encoder === undefined && judge === undefined) return first;

  const ask = async (text: string, { provenance, tenant }: About): Promise<Said> => {
    const score = await encoder?.(text);
    if (score !== undefined && (judge === undefined || !isUnsure(score)))
      return { tier: 2, score, why: `The encoder ${settings.encoder} says ${score.toFixed(3)}.` };
    const opinion = await (judge as Judge).ask(text, provenance, tenant);
    const { category, confidence } = opinion;
    return {
      tier: 3,
      score: scoreOfOpinion(opinion),
      why: `The judge ${settings.judge} says ${category}, with confidence ${confidence.toFixed(2)}.`,
    };
  };

  const decide = (text: string, one: Weighed, { tier, score, why }: Said): Weighed => {
    const evidence = { tier, score: rounded(score), first: rounded(one.score) };
    const placed: readonly Found[] = one.found.length > 0 ? one.found : suspected(text, one);
    return {
      ...one,
      score,
      found: score < one.threshold ? [] : placed.map((found) => ({ ...found, ...evidence })),
      parts: { ...one.parts, [`tier${tier}`]: score, tier1: one.score },
      why: [...one.why, why],
    };
  };

  const suspected = (text: string, { parts }: Weighed): Found[] => {
    const technique = likeliest(parts);
    const action = techniques[technique];
    if (action === 'off' || text === '') return [];
    const reason = `${name}.${technique.replaceAll('-', '_')}`;
    return [{ start: 0, end: text.length, reason, technique, ...(action !== undefined && { action }) }];
  };

  return (text, about) => {
    const weighed = first(text, about);
    const next = (one: Weighed) =>
      isUnsure(one.score) && text.trim() !== ''
        ? ask(text, about).then((said) => decide(text, one, said))
        : one;
    return weighed instanceof Promise ? weighed.then(next) : next(weighed);
  };
}

/** How likely a text is an attack by an encoder, put so that its threshold is at 0.5. */
function attackScorer(classifier: Classifier): (text: string) => Promise<number> {
  const { name, labels, threshold } = classifier;
  const harmless = labels.findIndex((label) => HARMLESS.test(label));
  if (harmless < 0) {
    throw new Problem(
      'usage',
      `none of the labels of the encoder ${name} is known to be harmless`,
      `It has ${labels.join(', ')}: call one “benign” under encoders.${name}.labels.`,
    );
  }
  return async (text) => {
    const attacks = (await classifier.classify(text)).map(
      (one): Stretch => ({ ...one, scores: [1 - (one.scores[harmless] ?? 0)] }),
    );
    const score = highest(attacks, 0)?.scores[0] ?? 0;
    return score < threshold ? (0.5 * score) / threshold : 1 - (0.5 * (1 - score)) / (1 - threshold || 1);
  };
}

function likeliest(parts: Weighed['parts']): Technique {
  const ids = Object.keys(TECHNIQUES) as Technique[];
  return ids.reduce((best, id) => ((parts[id] ?? 0) > (parts[best] ?? 0) ? id : best), 'direct-override');
}

const rounded = (score: number): number => Math.round(score * 1000) / 1000;

/** A streamed text, block by block: what a later tier says is said of a whole stretch. */
export const inBlocks = (weigh: Weigh, about: About): Reader =>
  blocks(async (context, block) => {
    const { found } = await weigh(context + block, about);
    return [...new Map(found.map((one) => [one.reason, one])).values()].filter(
      ({ end }) => end > context.length,
    );
  });
