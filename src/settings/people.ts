import Type, { type Static } from 'typebox';
import { closed, duration } from './fields.ts';
import { isLoopback } from './loopback.ts';
import { Providers } from './provider-schema.ts';
import { type ProviderSettings, readProviders } from './providers.ts';
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
  /** The web origin under which browsers find the gateway; undefined: the Host that they name. */
  readonly origin: string | undefined;
  /** OpenID providers, in the order in which they are offered. */
  readonly oidc: readonly ProviderSettings[];
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
    origin: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The address under which browsers find the gateway (https://gatehouse.example.com): passkeys and OpenID providers are bound to it. Default: the host that the browser names, if it is one of listen.hosts or localhost.',
      }),
    ),
    oidc: Type.Optional(Providers),
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
    origin: written.origin === undefined ? undefined : readOrigin(read, written.origin),
    oidc: readProviders(read, written.oidc ?? {}),
  };
}

function readOrigin(read: SettingsReader, written: string): string {
  const url = URL.parse(written);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  // Browsers send no secure cookie, and give no passkey, to a page that came in clear.
  if (!plain || (url.protocol === 'http:' && !isLoopback(url.hostname)))
    read.report(['people', 'origin'], 'must be a web origin such as https://gatehouse.example.com');
  return url?.origin ?? written;
}
