import Type, { type Static } from 'typebox';
import type { GuardKind } from '../guard.ts';
import { secretsGuard } from './guard.ts';
import { IDS, RULES } from './rules.ts';

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

export { secretSpan, secretType } from './labels.ts';

/** Keys, tokens and passwords, by the formats of those who issue them. */
export const secrets: GuardKind<Settings> = {
  kind: 'secrets',
  about: 'Keys, tokens and passwords, by the formats of those who issue them and by what stands before them.',
  settings: Settings,
  build: secretsGuard,
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
