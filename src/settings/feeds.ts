import type { Path } from '../base/schema.ts';
import { Secret } from '../base/secret.ts';
import { webhookKey } from '../base/webhook-key.ts';
import { readAddress } from './address.ts';
import type { FeedEntry, FeedUse } from './feeds-schema.ts';
import { isLoopback } from './loopback.ts';
import type { SettingsReader } from './reader.ts';
import { type ReachSettings, readReach } from './upstream-reach.ts';

/** A receiver of alerts or entries. Milliseconds. */
export interface FeedSettings extends ReachSettings {
  readonly name: string;
  readonly use: FeedUse;
  /** Where it is by HTTP; undefined: not by HTTP. A secret: Slack's address is one. */
  readonly url: Secret | undefined;
  readonly server: { readonly host: string; readonly port: number } | undefined;
  /** Of a file. */
  readonly path: string | undefined;
  readonly format: 'json' | 'ocsf' | 'cef' | 'rfc5424';
  readonly secret: Secret | undefined;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly user: string | undefined;
  readonly from: string | undefined;
  readonly to: readonly string[];
  readonly secure: 'tls' | 'starttls' | 'none';
  /** Kinds, where they are named. */
  readonly entries: 'alerts' | 'all' | readonly string[];
  readonly level: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly begin: 'now' | 'start';
  readonly queue: number;
  readonly dead: number;
  readonly timeout: number;
  readonly retry: { readonly first: number; readonly longest: number; readonly attempts: number };
}

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';

type Given = 'url' | 'server' | 'path' | 'format' | 'secret' | 'headers' | 'user' | 'from' | 'to' | 'secure';

/** What each takes, and what it cannot be without. */
const TAKES: Readonly<Record<FeedUse, { readonly must: readonly Given[]; readonly may: readonly Given[] }>> =
  {
    webhook: { must: ['url', 'secret'], may: ['headers'] },
    slack: { must: ['url'], may: [] },
    pagerduty: { must: ['secret'], may: ['url'] },
    email: { must: ['server', 'from', 'to'], may: ['user', 'secret', 'secure'] },
    syslog: { must: ['server'], may: ['format', 'secure'] },
    otlp: { must: ['url'], may: ['headers'] },
    file: { must: ['path'], may: ['format'] },
    http: { must: ['url'], may: ['format', 'headers'] },
  };
const GIVEN: readonly Given[] = [
  'url',
  'server',
  'path',
  'format',
  'secret',
  'headers',
  'user',
  'from',
  'to',
  'secure',
];

const MOST_QUEUED = 10_000;

/** Undefined settings are none. */
export function readFeeds(
  read: SettingsReader,
  resolve: (path: string) => string,
  written: Readonly<Record<string, FeedEntry>> = {},
): Readonly<Record<string, FeedSettings>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, entry]) => [name, readFeed(read, resolve, name, entry)]),
  );
}

function readFeed(
  read: SettingsReader,
  resolve: (path: string) => string,
  name: string,
  entry: FeedEntry,
): FeedSettings {
  const at: Path = ['feeds', name];
  checkTakes(read, at, entry);
  const { use, retry = {} } = entry;
  const url = readUrl(read, at, entry);
  const secure = entry.secure ?? (use === 'syslog' ? 'tls' : 'starttls');
  const server = entry.server === undefined ? undefined : readServer(read, at, entry.server);
  if (server !== undefined) checkSecure(read, at, entry, secure, server.host);
  const queue = read.count([...at, 'queue'], entry.queue, 500);
  if (queue > MOST_QUEUED) read.report([...at, 'queue'], `must be at most ${MOST_QUEUED}`);
  return {
    name,
    use,
    url: url === undefined ? undefined : new Secret(url),
    server,
    path: entry.path === undefined ? undefined : resolve(entry.path),
    format: entry.format ?? (use === 'syslog' ? 'rfc5424' : 'json'),
    secret: readSecret(read, at, entry),
    headers: readHeaders(read, at, entry),
    user: entry.user,
    from: entry.from === undefined ? undefined : readMailbox(read, [...at, 'from'], entry.from),
    to: (entry.to ?? []).map((text, index) => readMailbox(read, [...at, 'to', index], text)),
    secure,
    entries: entry.entries ?? 'alerts',
    level: entry.level ?? 'informational',
    begin: entry.begin ?? 'now',
    queue,
    dead: read.count([...at, 'dead'], entry.dead, 1000),
    timeout: read.duration([...at, 'timeout'], entry.timeout, '10s'),
    retry: {
      first: read.duration([...at, 'retry', 'first'], retry.first, '1s'),
      longest: read.duration([...at, 'retry', 'longest'], retry.longest, '5m'),
      attempts: read.count([...at, 'retry', 'attempts'], retry.attempts, 10),
    },
    // Where TLS stands for itself the certificates are its, as those of an address that starts with https://.
    ...readReach(
      read,
      at,
      {
        ...entry,
        url:
          url ??
          (server === undefined
            ? ''
            : `${secure === 'none' ? 'http' : 'https'}://${bracketed(server.host)}/`),
      },
      url === undefined ? 'server' : 'url',
    ),
  };
}

function checkTakes(read: SettingsReader, at: Path, entry: FeedEntry): void {
  const { must, may } = TAKES[entry.use];
  for (const name of must)
    if (entry[name] === undefined) read.report(at, `must have “${name}” with use: ${entry.use}`);
  for (const name of GIVEN)
    if (entry[name] !== undefined && !must.includes(name) && !may.includes(name))
      read.report([...at, name], `has no meaning with use: ${entry.use}`);
  if (entry.use === 'file' && (entry.tls ?? entry.reach ?? entry.allow_addresses) !== undefined)
    read.report(at, 'writes a file: tls, reach and allow_addresses have no meaning');
  if (entry.use === 'email' && (entry.user === undefined) !== (entry.secret === undefined))
    read.report(at, 'must have both “user” and “secret”, or neither');
}

function readUrl(read: SettingsReader, at: Path, { use, url, insecure }: FeedEntry): string | undefined {
  if (url === undefined) return use === 'pagerduty' ? PAGERDUTY : undefined;
  const text = read.secret([...at, 'url'], url).reveal();
  const parsed = URL.parse(text);
  // A query may be what the receiver knows the sender by; a slash at the end may matter to it.
  const bare = (parsed?.search ?? '') === '' ? text : text.slice(0, text.indexOf('?'));
  const found = readAddress(read, [...at, 'url'], bare, insecure === true);
  return found === '' ? found : parsed?.href;
}

function readServer(
  read: SettingsReader,
  at: Path,
  text: string,
): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([\w.-]{1,253})):(\d{1,5})$/i.exec(text);
  const [, address, name, digits] = match ?? [];
  const [host = address ?? '', port] = [name, Number(digits)];
  if (match === null || port < 1 || port > 65_535)
    read.report([...at, 'server'], 'must be a name or address, and a port: logs.example.com:6514');
  return { host: host.toLowerCase(), port: Number.isNaN(port) ? 0 : port };
}

function checkSecure(
  read: SettingsReader,
  at: Path,
  { use, insecure }: FeedEntry,
  secure: FeedSettings['secure'],
  host: string,
): void {
  if (secure === 'starttls' && use === 'syslog')
    read.report([...at, 'secure'], 'is for e-mail: syslog has tls or none');
  if (secure === 'none' && !isLoopback(host) && insecure !== true)
    read.report(
      [...at, 'secure'],
      'is none to another machine: use tls or starttls, or set insecure: true where others may read it all',
    );
}

function readSecret(read: SettingsReader, at: Path, { use, secret }: FeedEntry): Secret | undefined {
  if (secret === undefined) return undefined;
  const value = read.secret([...at, 'secret'], secret);
  if (use === 'webhook' && webhookKey(value.reveal()) === undefined)
    read.report(
      [...at, 'secret'],
      'must be whsec_ and the base64 of 24 to 64 bytes: echo "whsec_$(openssl rand -base64 32)" makes one',
    );
  if (use === 'pagerduty' && !/^[A-Za-z0-9_-]{20,64}$/.test(value.reveal()))
    read.report([...at, 'secret'], 'must be the routing key of an integration (Events API v2)');
  return value;
}

function readHeaders(read: SettingsReader, at: Path, { headers = {} }: FeedEntry): Record<string, Secret> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      // A token (RFC 9110, section 5.6.2); the rest is set by whoever sends.
      if (
        !/^[\w!#$%&'*+.^`|~-]+$/.test(name) ||
        /^(host|content-.*|transfer-encoding|connection|webhook-.*)$/i.test(name)
      )
        read.report([...at, 'headers', name], 'is not a header name that can be given');
      return [name.toLowerCase(), read.secret([...at, 'headers', name], value)];
    }),
  );
}

/** One address without a name, so that nothing in it can be a second one or another header. */
function readMailbox(read: SettingsReader, at: Path, text: string): string {
  if (!/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text))
    read.report(at, 'must be one mail address: gatehouse@example.com');
  return text;
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
