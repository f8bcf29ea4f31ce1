import Type, { type Static } from 'typebox';
import { parseAddress, parseRange } from '../base/addresses.ts';
import { REACHES, type ReachName, reachOf } from '../base/reach.ts';
import type { Path } from '../base/schema.ts';
import { Secret } from '../base/secret.ts';
import { closed, oneOf } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** Where an upstream may be, and how it and the gateway know each other. */
export interface ReachSettings {
  /** Undefined: as its url says by itself. */
  readonly reach: ReachName | undefined;
  /** Addresses (`10.0.0.0/8`) that are allowed besides. */
  readonly allow_addresses: readonly string[];
  readonly tls: UpstreamTls | undefined;
}

/** PEM texts. */
export interface UpstreamTls {
  /** Instead of the authorities that the system trusts. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: Secret | undefined;
}

const Word = Type.String({
  pattern: '^([a-z0-9][a-z0-9._-]{0,62}|\\*)$|\\$\\{',
  description: 'a word of lower-case letters, digits and . _ -, or * for any',
});

/** Labels by name, each with the values that are taken. */
export const Accepts = Type.Record(
  Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }),
  Type.Array(Word, { minItems: 1 }),
  {
    ...closed,
    description: 'Labels of requests that may go there: { sensitivity: [public, internal] }. Default: none.',
  },
);

export const REACH_FIELDS = {
  reach: Type.Optional(
    oneOf(
      Object.keys(REACHES) as ReachName[],
      'Addresses that its name may mean: public, private (your own networks too) or loopback. Default: public; ' +
        'an address in the url is allowed by itself.',
    ),
  ),
  allow_addresses: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description: 'Addresses that its name may mean besides: 10.1.0.0/16, fd12::/48 or single ones.',
    }),
  ),
  tls: Type.Optional(
    Type.Object(
      {
        ca: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'File with the authorities that sign its certificate, PEM.',
          }),
        ),
        cert: Type.Optional(
          Type.String({ minLength: 1, description: 'File with our client certificate, PEM.' }),
        ),
        key: Type.Optional(Type.String({ minLength: 1, description: 'File with its private key, PEM.' })),
      },
      { ...closed, minProperties: 1, description: 'Certificates. Its own is always checked.' },
    ),
  ),
  accepts: Type.Optional(Accepts),
};

type ReachEntry = Static<ReturnType<typeof Type.Object<typeof REACH_FIELDS>>>;

/**
 * @param entry its `url` as written: the URL parser has made an address of whatever it took for one
 * @param name what the settings call the url
 */
export function readReach(
  read: SettingsReader,
  at: Path,
  entry: ReachEntry & { readonly url?: string },
  name = 'url',
): ReachSettings {
  const { reach, allow_addresses = [], tls } = entry;
  for (const [index, text] of allow_addresses.entries()) {
    if (parseRange(text) === undefined) {
      read.report(
        [...at, 'allow_addresses', index],
        'must be an IP address, or a range such as 10.0.0.0/8 whose bits after the prefix are 0',
      );
    }
  }
  if (entry.url !== undefined) checkHost(read, [...at, name], entry.url, allow_addresses);
  return { reach, allow_addresses, tls: tls && readTls(read, [...at, 'tls'], tls, entry.url) };
}

function checkHost(read: SettingsReader, at: Path, text: string, allowed: readonly string[]): void {
  const url = URL.parse(text);
  if (url === null) return;
  const address = parseAddress(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  // Other notations (127.1, 0x7f000001, full-width digits) become an address in the URL parser only.
  if (address?.family === 4 && !url.hostname.startsWith('[') && !text.includes(url.hostname)) {
    read.report(at, 'must write its address as four decimal numbers (127.0.0.1)');
    return;
  }
  const { classes, ranges } = reachOf(url.hostname);
  const refused = address !== undefined && classes.length === 0 && ranges.length === 0;
  if (refused && allowed.length === 0) {
    read.report(
      at,
      'is an address where no model server is (metadata, multicast or unspecified); if one is, name it in allow_addresses',
    );
  }
}

function readTls(
  read: SettingsReader,
  at: Path,
  { ca, cert, key }: NonNullable<ReachEntry['tls']>,
  url: string | undefined,
): UpstreamTls {
  if ((cert === undefined) !== (key === undefined))
    read.report(at, 'must have both “cert” and “key”, or neither');
  if (!url?.startsWith('https:')) read.report(at, 'has a meaning with https:// only');
  return {
    ca: ca === undefined ? undefined : read.file([...at, 'ca'], ca),
    cert: cert === undefined ? undefined : read.file([...at, 'cert'], cert),
    key: key === undefined ? undefined : new Secret(read.file([...at, 'key'], key)),
  };
}
