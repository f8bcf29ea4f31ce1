import { TECHNIQUES, type Technique } from '../exchange/technique.ts';
import { type Finding, type Opinion, weigh } from './inspector.ts';
import type { Post } from './posts.ts';

/** Categories of OpenAI's moderations, which guards say nothing of: clients look for them all the same. */
const THEIRS = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;

const OURS = ['prompt_injection', 'jailbreak', 'pii', 'secrets', 'other'] as const;
type Ours = (typeof OURS)[number];
type Category = (typeof THEIRS)[number] | Ours;

/** One result in the shape of OpenAI's moderations. */
export interface Verdict {
  readonly flagged: boolean;
  readonly categories: Readonly<Record<Category, boolean>>;
  /** 0..1. */
  readonly category_scores: Readonly<Record<Category, number>>;
  readonly category_applied_input_types: Readonly<Record<Category, readonly 'text'[]>>;
}

/** Techniques that go against the model's own rules; the others go against its instructions. */
const JAILBREAKS: ReadonlySet<string> = new Set<Technique>([
  'jailbreak',
  'crescendo',
  'many-shot',
  'adversarial-suffix',
]);

const injectionCategory = (technique: string): Ours =>
  JAILBREAKS.has(technique) ? 'jailbreak' : 'prompt_injection';

/**
 * What the guards say of a message of one or more texts, by category. `other` is what only the policy looks for.
 * @param told each text's length and findings, and those of all texts together
 */
export async function categorise(
  posts: readonly Post[],
  texts: readonly string[],
  told: (chars: number, findings: readonly Finding[]) => void,
  ask: typeof weigh = weigh,
): Promise<Verdict> {
  const flags = new Set<Category>();
  const scores = new Map<Category, number>();
  const raise = (category: Ours, score: number) =>
    scores.set(category, Math.max(score, scores.get(category) ?? 0));
  // Parts of a message are one text to a model: what is cut over them is found in all of them together.
  const seams = texts.length > 1 ? [texts.join('')] : [];
  for (const text of [...texts, ...seams]) {
    const opinions = await ask(posts, { text, role: 'user', tasks: undefined });
    for (const opinion of opinions) {
      for (const [category, score] of scoresOf(opinion)) raise(category, score);
      for (const finding of opinion.findings) flags.add(categoryOf(finding));
    }
    told(
      text.length,
      opinions.flatMap(({ findings }) => findings),
    );
  }
  const all = [...THEIRS, ...OURS];
  const each = <T>(say: (category: Category) => T) =>
    Object.fromEntries(all.map((category) => [category, say(category)])) as Record<Category, T>;
  return {
    flagged: flags.size > 0,
    categories: each((category) => flags.has(category)),
    category_scores: each((category) => scores.get(category) ?? 0),
    category_applied_input_types: each((category) => (isTheirs(category) ? [] : ['text' as const])),
  };
}

const isTheirs = (category: Category): boolean => THEIRS.some((one) => one === category);

function categoryOf({ task, technique }: Finding): Ours {
  if (task === 'injection') return injectionCategory(technique ?? '');
  return task === 'pii' ? 'pii' : task === 'secret' ? 'secrets' : 'other';
}

/** An injection guard scores techniques each by itself; where it has not, its findings do. */
function scoresOf({ post, score, parts, findings }: Opinion): (readonly [Ours, number])[] {
  const found = findings.map((one) => [categoryOf(one), one.score ?? score] as const);
  if (found.length > 0 && post.task !== 'injection') return found;
  if (post.task === 'pii') return [['pii', score]];
  if (post.task === 'secret') return [['secrets', score]];
  if (post.task === undefined) return found;
  const techniques = Object.entries(parts).filter(([name]) => Object.hasOwn(TECHNIQUES, name));
  if (techniques.length === 0 && found.length === 0) return [['prompt_injection', score]];
  return [
    ...found,
    ...techniques.map(([name, part]) => [injectionCategory(name), Math.min(part, score)] as const),
  ];
}
