import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import { PatternSet } from '../../regex/pattern-set.ts';
import { fold } from '../../text/fold.ts';
import { viewsOf } from '../../text/views.ts';
import { FoldedReader } from '../folded.ts';
import type { Found, GuardKind } from '../guard.ts';
import { whole } from '../hold.ts';
import { MatchReader } from '../match-reader.ts';
import { phraseSource } from '../phrase.ts';

const Topic = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$', description: 'Name in reasons: topics.<id>.' }),
    words: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: 10_000,
      description: 'Words and phrases by which it is known; case and most disguises do not matter.',
    }),
  },
  { additionalProperties: false, description: 'A topic and its words.' },
);

const Settings = Type.Object(
  {
    deny: Type.Optional(
      Type.Array(Topic, { minItems: 1, maxItems: 200, description: 'What is not talked about.' }),
    ),
    only: Type.Optional(
      Type.Array(Topic, {
        minItems: 1,
        maxItems: 200,
        description: 'What users may talk about: what they write must have a word of one of these.',
      }),
    ),
    short: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description:
          'With only: shorter texts (“yes, please”) need none of them. UTF-16 code units; default: 60.',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

type Topic = Static<typeof Topic>;

/** What is talked about, by lists of words. */
export const topics: GuardKind<Static<typeof Settings>> = {
  kind: 'topics',
  about: 'Topics that are not talked about, or the only ones that are, by lists of words.',
  settings: Settings,
  build(name, { deny = [], only = [], short = 60 }) {
    if (deny.length + only.length === 0) throw new Problem('usage', `Guard “${name}” names no topic.`);
    const denied = compile(deny);
    const allowed = only.length === 0 ? undefined : compile(only);
    const reasonOf = (index: number) => ({ reason: `${name}.${deny[index]?.id}` });
    const read = (text: string, isUser: boolean): Found[] => {
      const { canonical, others } = viewsOf(text);
      const views = [canonical, ...others];
      const found = views.flatMap((view) =>
        denied
          .scan(view.text)
          .map(({ pattern, start, end }) => ({ ...reasonOf(pattern), ...view.spanOf(start, end) })),
      );
      const strays = isUser && allowed !== undefined && text.length >= short;
      if (strays && !views.some((view) => allowed.scan(view.text).length > 0)) {
        found.push({ reason: `${name}.off_topic`, start: 0, end: text.length });
      }
      const seen = new Set<string>();
      return found.filter(({ reason, start, end }) => {
        const key = `${reason} ${start} ${end}`;
        return end > start && !seen.has(key) && seen.add(key);
      });
    };
    return {
      name,
      // What streams is read in plain dress, character by character: its words leave as soon as they are none of these.
      open: ({ streamed, direction, provenance }) =>
        streamed
          ? new FoldedReader(new MatchReader(denied, (_, pattern) => reasonOf(pattern)))
          : whole((text) => read(text, direction === 'prompt' && provenance === 'user')),
    };
  },
  proof: {
    settings: {
      deny: [
        { id: 'weapons', words: ['torpedo', 'naval mine', '鱼雷'] },
        { id: 'rival', words: ['Nightjar Shipping'] },
      ],
    },
    catches: [
      { text: 'How does a TORPEDO work?', reason: 'topics.weapons' },
      { text: 'a naval\nmine', reason: 'topics.weapons' },
      { text: '关于鱼雷', reason: 'topics.weapons' },
      { text: 'ask nightjar shipping', reason: 'topics.rival' },
    ],
    passes: ['torpedoes of old; a mine, naval; the nightjar sings', ''],
  },
};

function compile(list: readonly Topic[]): PatternSet {
  return PatternSet.compile(
    list.map(({ id, words }) => {
      // As it is written, and as the canonical reading has it.
      const sources = words.flatMap((word) => [...new Set([word, fold(word).text])].map(phraseSource));
      if (sources.includes(undefined)) throw new Problem('usage', `Topic “${id}” has a word that is empty.`);
      return { id, source: sources.join('|'), flags: 'i' };
    }),
  );
}
