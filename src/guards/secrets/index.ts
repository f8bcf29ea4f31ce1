import Type, { type Static } from 'typebox';
import { PatternSet } from '../../regex/pattern-set.ts';
import type { GuardKind } from '../guard.ts';
import { type Judge, MatchReader } from '../match-reader.ts';
import { looksReal } from './real.ts';
import { RULES, type Rule } from './rules.ts';

const Settings = Type.Object(
  {
    except: Type.Optional(
      Type.Array(Type.Enum(RULES.map(({ id }) => id)), {
        description: 'Kinds of secrets that are not looked for.',
      }),
    ),
    known: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 10_000 }), {
        description: 'Texts with the form of a secret that are none, such as the keys of a test.',
      }),
    ),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

/** Where in a match the secret stands. */
function spotOf({ secret }: Rule, matched: string): readonly [number, number] {
  return secret?.exec(matched)?.indices?.[1] ?? [0, matched.length];
}

function judgeOf(name: string, rules: readonly Rule[], known: ReadonlySet<string>): Judge {
  const reasons = rules.map(({ id }) => ({ reason: `${name}.${id}` }));
  return (matched, pattern) => {
    const rule = rules[pattern] as Rule;
    const within = spotOf(rule, matched);
    const secret = matched.slice(...within);
    if (known.has(secret) || !(rule.judge ?? looksReal)(secret)) return undefined;
    return { ...(reasons[pattern] as { reason: string }), within };
  };
}

/** Keys, tokens and passwords, by the formats of those who issue them. */
export const secrets: GuardKind<Settings> = {
  kind: 'secrets',
  about: 'Keys, tokens and passwords, by the formats of those who issue them.',
  settings: Settings,
  build(name, { except = [], known = [] }) {
    const rules = RULES.filter(({ id }) => !except.includes(id));
    const set = PatternSet.compile(
      rules.map(({ id, match, ignoreCase }) => ({ id, source: match, flags: ignoreCase ? 'i' : '' })),
    );
    const judge = judgeOf(name, rules, new Set(known));
    return { name, open: () => new MatchReader(set, judge) };
  },
  proof: {
    settings: {},
    catches: RULES.flatMap(({ id, catches }) =>
      catches.map((text) => ({ text: `Here it is: ${text}, is it right?`, reason: `secrets.${id}` })),
    ),
    passes: ['Nothing to see here.', '', ...RULES.flatMap(({ passes = [] }) => passes)],
  },
};
