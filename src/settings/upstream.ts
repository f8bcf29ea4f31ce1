import { isGlob } from '../base/glob.ts';
import type { Path } from '../base/schema.ts';
import { Secret } from '../base/secret.ts';
import { isLoopback } from './loopback.ts';
import type { UpstreamSettings } from './model-server.ts';
import type { SettingsReader } from './reader.ts';
import type { UpstreamEntry } from './schema.ts';
import { readReach } from './upstream-reach.ts';

/** Headers that belong to the connection or to the message's framing, not to whoever configures an upstream. */
const NOT_OURS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'accept-encoding',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** One model server of the settings, checked; what is wrong is reported. */
export function readUpstream(read: SettingsReader, name: string, entry: UpstreamEntry): UpstreamSettings {
  const at: Path = ['upstreams', name];
  const practice = entry.practice ?? false;
  if (practice) checkPractice(read, at, entry);
  return {
    name,
    dialect: entry.dialect,
    practice,
    url: practice ? '' : readUrl(read, at, entry),
    key: entry.key === undefined ? undefined : read.secret([...at, 'key'], entry.key),
    auth: entry.auth ?? 'dialect',
    path: readPath(read, [...at, 'path'], entry.path ?? '{endpoint}'),
    query: Object.fromEntries(
      Object.entries(entry.query ?? {}).map(([key, value]) => [key, new Secret(String(value))]),
    ),
    headers: readHeaders(read, [...at, 'headers'], entry.headers ?? {}),
    lacks: entry.lacks ?? [],
    connections: read.count([...at, 'connections'], entry.connections, 256),
    timeouts: {
      connect: read.duration([...at, 'timeouts', 'connect'], entry.timeouts?.connect, '10s'),
      first_byte: read.duration([...at, 'timeouts', 'first_byte'], entry.timeouts?.first_byte, '300s'),
      idle: read.duration([...at, 'timeouts', 'idle'], entry.timeouts?.idle, '60s'),
    },
    ...readReach(read, at, entry),
    accepts: entry.accepts ?? {},
    models: (entry.models ?? []).map((model, index) => {
      const { name: modelName, as } =
        typeof model === 'string' ? { name: model } : { as: undefined, ...model };
      if (as !== undefined && isGlob(modelName)) {
        read.report(
          [...at, 'models', index],
          'a pattern cannot have “as”: many names would become one model',
        );
      }
      return { name: modelName, as };
    }),
  };
}

function checkPractice(read: SettingsReader, at: Path, entry: UpstreamEntry): void {
  for (const key of [
    'url',
    'key',
    'auth',
    'path',
    'query',
    'headers',
    'reach',
    'allow_addresses',
    'tls',
  ] as const) {
    if (entry[key] !== undefined)
      read.report([...at, key], 'has no meaning for the practice model; take it out');
  }
}

function readUrl(read: SettingsReader, at: Path, entry: UpstreamEntry): string {
  if (entry.url === undefined) {
    read.report(at, 'must have “url” (or practice: true for the built-in practice model)');
    return '';
  }
  const report = (message: string) => read.report([...at, 'url'], message);
  const url = URL.parse(entry.url);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    report('must be an address that starts with https:// or http://');
    return '';
  }
  if (url.username !== '' || url.password !== '')
    report('must not hold a user or password; use “key” or “headers”');
  if (url.search !== '' || url.hash !== '') report('must not have a query or fragment; use “query”');
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && entry.insecure_http !== true) {
    report(
      'is http:// to another machine, so keys and prompts would travel in clear: use https://, or set ' +
        'insecure_http: true on a network that you trust',
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function readPath(read: SettingsReader, at: Path, path: string): string {
  const rest = path.replaceAll('{model}', '').replace('{endpoint}', '');
  const starts = path.startsWith('/') || path.startsWith('{endpoint}');
  if (!path.includes('{endpoint}'))
    read.report(at, 'must hold {endpoint}, where the path of the request goes');
  else if (!starts || !/^[A-Za-z0-9._~/:-]*$/.test(rest) || /(^|\/)\.\.?(\/|$)/.test(rest)) {
    read.report(at, 'must be a path of letters, digits and - . _ ~ / : with {endpoint} once, and {model}');
  }
  return path;
}

function readHeaders(
  read: SettingsReader,
  at: Path,
  entries: NonNullable<UpstreamEntry['headers']>,
): UpstreamSettings['headers'] {
  const headers = new Map<string, UpstreamSettings['headers'][string]>();
  for (const [name, value] of Object.entries(entries)) {
    const lower = name.toLowerCase();
    // A token (RFC 9110, section 5.6.2).
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) read.report([...at, name], 'is not a header name');
    else if (NOT_OURS.has(lower))
      read.report([...at, name], 'is set by the gateway itself and cannot be given');
    else if (headers.has(lower)) read.report([...at, name], 'is given twice');
    headers.set(lower, read.secret([...at, name], value));
  }
  return Object.fromEntries(headers);
}
