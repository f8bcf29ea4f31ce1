import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import type { GuardAction } from '../../exchange/verdict.ts';
import type { Found, GuardKind } from '../guard.ts';
import { readAgain } from '../read-again.ts';
import type { Candidate } from './candidate.ts';
import { Finder } from './finder.ts';
import { IDENTIFIERS } from './identifiers/index.ts';
import { LOUD, loudness } from './loud.ts';
import { decodeModel } from './model.ts';
import { findOwn, OwnEntity } from './own.ts';
import { CATCHES, PASSES } from './proof.ts';
import { BlockReader, type Loudness } from './reader.ts';

/** Entities that are not numbers given to persons. */
const GENERAL = [
  ...['email_address', 'phone_number', 'credit_card', 'iban_code', 'ip_address', 'mac_address', 'crypto'],
  ...['date_of_birth', 'street_address', 'person', 'location'],
];

/** Every entity that is looked for, by its id: the last part of the reason. */
export const ENTITIES: readonly string[] = [...new Set([...GENERAL, ...IDENTIFIERS.map(({ id }) => id)])];

const COUNTRIES = [...new Set(IDENTIFIERS.flatMap(({ country }) => country ?? []))].sort();

const DEFAULT_THRESHOLD = 0.5;

const Score = Type.Number({ minimum: 0, maximum: 1 });

const Settings = Type.Object(
  {
    threshold: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Least score of what is reported. Default: 0.5.' }),
    ),
    thresholds: Type.Optional(
      Type.Record(Type.String(), Score, { description: 'The same for single entities, by id.' }),
    ),
    only: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'Look for these entities only.' }),
    ),
    except: Type.Optional(Type.Array(Type.String(), { description: 'Entities that are not looked for.' })),
    countries: Type.Optional(
      Type.Array(Type.Enum(COUNTRIES), {
        description:
          'Countries whose identifiers are looked for, as ISO 3166-1 alpha-2 in lower case. Default: all.',
      }),
    ),
    known: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
        description: 'Values that are no personal data, such as the telephone number of your own help desk.',
      }),
    ),
    actions: Type.Optional(
      Type.Record(Type.String(), Type.Enum(['block', 'mask', 'hash', 'pseudonymise', 'flag']), {
        description: 'Actions for single entities, by id. Default: the guard’s action.',
      }),
    ),
    entities: Type.Optional(
      Type.Array(OwnEntity, { minItems: 1, maxItems: 500, description: 'Entities of your own.' }),
    ),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

const folded = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase();

function refuseUnknown(names: readonly string[], own: readonly string[]): void {
  const unknown = names.find((name) => !ENTITIES.includes(name) && !own.includes(name));
  if (unknown === undefined) return;
  throw new Problem('usage', `There is no entity "${unknown}".`, `There are: ${ENTITIES.join(', ')}.`);
}

/** Names, addresses, and the numbers that states, banks and health services give to persons. */
export const pii: GuardKind<Settings> = {
  kind: 'pii',
  about:
    'Personal data: names, addresses, telephone numbers, cards, accounts and the identifiers of many countries.',
  settings: Settings,
  build(name, settings, means) {
    const {
      threshold = DEFAULT_THRESHOLD,
      thresholds = {},
      only,
      except = [],
      countries,
      actions = {},
    } = settings;
    const own = settings.entities ?? [];
    refuseUnknown(
      [...Object.keys(thresholds), ...(only ?? []), ...except, ...Object.keys(actions)],
      own.map(({ id }) => id),
    );
    const wanted = (id: string): boolean => (only === undefined || only.includes(id)) && !except.includes(id);
    const identifiers = IDENTIFIERS.filter(
      ({ id, country }) =>
        wanted(id) && (country === undefined || countries === undefined || countries.includes(country)),
    );
    const tagged = ['person', 'street_address', 'location'].some(wanted);
    const model = tagged ? decodeModel(means.asset('pii.bin')) : undefined;
    const passes = ({ id, score }: Candidate): boolean =>
      wanted(id) && score >= (thresholds[id] ?? threshold);
    const finder = new Finder(identifiers, model, own.length === 0 ? [] : [findOwn(own)], passes);
    const known = new Set((settings.known ?? []).map(folded));
    const look = (text: string, from: number, to: number): readonly Candidate[] => {
      const found = finder.find(text, from, to);
      return known.size === 0
        ? found
        : found.filter(({ start, end }) => !known.has(folded(text.slice(start, end))));
    };
    // Nobody but its owner knows how an own entity begins, so with one every word may.
    const loud: Loudness =
      own.length > 0 ? () => LOUD : (text, from, to) => loudness(text, from, to, model?.lexicon);
    const foundOf = ({ id, start, end, score }: Candidate): Found => {
      const action = actions[id] as GuardAction | undefined;
      return { start, end, reason: `${name}.${id}`, score, ...(action === undefined ? {} : { action }) };
    };
    const open = () => new BlockReader(look, loud, foundOf);
    return { name, open: (about) => readAgain(open, about) };
  },
  proof: { settings: {}, catches: CATCHES, passes: PASSES },
};
