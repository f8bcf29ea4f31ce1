import Type, { type Static } from 'typebox';
import { closed, duration } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** How people sign in and for how long. Milliseconds. */
export interface PeopleSettings {
  /** A session that is not used for so long has ended. */
  readonly idle: number;
  /** The longest that a session lasts. */
  readonly longest: number;
  /** For how long a factor that was shown counts as fresh. */
  readonly fresh: number;
  /** For how long a link for new factors is good. */
  readonly link: number;
  /** A session ends where it is used from another network (/24, /48). */
  readonly bind_network: boolean;
}

const NORMAL = { idle: '30m', longest: '12h', fresh: '10m', link: '24h' } as const;

/** `people:` of `gatehouse.yaml`. */
export const PeopleSchema = Type.Object(
  {
    idle: Type.Optional(duration('A session that is not used for so long has ended.', NORMAL.idle)),
    longest: Type.Optional(duration('The longest that a session lasts.', NORMAL.longest)),
    fresh: Type.Optional(
      duration('How long a factor that was shown counts as fresh, for dangerous acts.', NORMAL.fresh),
    ),
    link: Type.Optional(duration('How long a link to set factors is good.', NORMAL.link)),
    bind_network: Type.Optional(
      Type.Boolean({
        description: 'A session ends where it is used from another network (/24, /48). Default: false.',
      }),
    ),
  },
  { ...closed, description: 'People who sign in.' },
);

export function readPeople(read: SettingsReader, written: Static<typeof PeopleSchema> = {}): PeopleSettings {
  const time = (name: keyof typeof NORMAL) => {
    const found = read.duration(['people', name], written[name], NORMAL[name]);
    if (found < 60_000) read.report(['people', name], 'must be a minute or more');
    return found;
  };
  return {
    idle: time('idle'),
    longest: time('longest'),
    fresh: time('fresh'),
    link: time('link'),
    bind_network: written.bind_network ?? false,
  };
}
