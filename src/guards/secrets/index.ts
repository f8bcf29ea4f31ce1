import Type, { type Static } from 'typebox';
import type { GuardKind } from '../guard.ts';
import { readAgain } from '../read-again.ts';
import { prepare, SecretReader } from './reader.ts';
import { IDS, RULES } from './rules.ts';
import { startsOfAll } from './starts.ts';

const Settings = Type.Object(
  {
    except: Type.Optional(
      Type.Array(Type.Enum([...IDS]), { description: 'Kinds of secrets that are not looked for.' }),
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

/** Ordinary text, with words in it with which a secret might begin. */
const ORDINARY = `The key is on the passage; please sign in with your token. See https://example.com/docs?page=2#auth, or
login at the office. const key = map.get("id"); type Pass = { author: 'session' };
| cookies: none | bearer of the news | secretary: ann@example.com | basic -p 8080 -u me | pin: see below |
`;

let warm = false;

/** Learns what most texts need when the first guard is built, and not while the first requests wait. Tens of milliseconds. */
function warmUp(open: () => SecretReader): void {
  if (warm) return;
  warm = true;
  const reader = open();
  reader.push(ORDINARY);
  reader.end();
}

export { secretSpan, secretType } from './labels.ts';

/** Keys, tokens and passwords, by the formats of those who issue them. */
export const secrets: GuardKind<Settings> = {
  kind: 'secrets',
  about: 'Keys, tokens and passwords, by the formats of those who issue them and by what stands before them.',
  settings: Settings,
  build(name, { except = [], known = [] }) {
    const starts = startsOfAll();
    const left = new Set(except);
    const rules = RULES.map((rule) => prepare(rule, name, left));
    const harmless = new Set(known);
    const open = () => new SecretReader(starts, rules, harmless);
    warmUp(open);
    return { name, open: (about) => readAgain(open, about) };
  },
  get proof() {
    return {
      settings: {},
      catches: RULES.flatMap(({ id, catches }) =>
        catches.map((text) => ({ text: `Here it is: ${text}, is it right?`, reason: `secrets.${id}` })),
      ),
      passes: ['Nothing to see here.', '', ...RULES.flatMap(({ passes }) => passes)],
    };
  },
};
