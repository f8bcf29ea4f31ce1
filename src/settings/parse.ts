import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseRange } from '../base/addresses.ts';
import { SourceDocument } from '../base/document.ts';
import { deepFreeze } from '../base/freeze.ts';
import { Secret } from '../base/secret.ts';
import { readAbuse } from './abuse.ts';
import { readArchive } from './archive.ts';
import { readDetections } from './detections.ts';
import { readEncoders } from './encoders.ts';
import { readFeeds } from './feeds.ts';
import { readIdentity } from './identity.ts';
import { readIncidents } from './incidents.ts';
import { readJudges } from './judges.ts';
import { isLoopback } from './loopback.ts';
import { readModels } from './models.ts';
import { readPeople } from './people.ts';
import { readPredictions } from './predictions.ts';
import { readRoute } from './read-route.ts';
import { type SettingsPlace, type SettingsReader, settingsReader } from './reader.ts';
import { ambiguities, modelRoutes } from './routes.ts';
import { type SettingsFile, settingsSchema } from './schema.ts';
import {
  type LimitSettings,
  type ListenSettings,
  MAX_WORKERS,
  type Settings,
  type TlsSettings,
} from './settings.ts';
import { type Environment, substitute } from './substitute.ts';
import { readTelemetry } from './telemetry.ts';
import { readUpstream } from './upstream.ts';
import { readVault } from './vault.ts';
import { readWitnesses } from './witnesses.ts';

export interface SettingsContext extends SettingsPlace {
  readonly env: Environment;
  /** Name of the file in errors. */
  readonly file: string;
  /** Names of the dialects that there are. */
  readonly dialects: readonly string[];
}

/**
 * Reads `gatehouse.yaml`. Throws `Problem('usage')` that lists every error of shape with line and column, and, where
 * the shape is right, every error of meaning. Never repeats a value, since any may be a secret.
 */
export function parseSettings(text: string, context: SettingsContext): Settings {
  const document = SourceDocument.read(text, context.file);
  const filled = substitute(document.value, context.env, (path, message) => document.report(path, message));
  const written = document.require(settingsSchema(context.dialects), filled);
  const read = settingsReader(document, context);

  const upstreams = Object.entries(written.upstreams).map(([name, entry]) => readUpstream(read, name, entry));
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  const routes = Object.entries(written.routes ?? {}).map(([name, entry]) =>
    readRoute(read, name, entry, byName),
  );
  for (const { path, message } of ambiguities(upstreams, routes)) read.report(path, message);
  for (const { name, models } of upstreams) {
    const led =
      models.length > 0 || routes.some(({ targets }) => targets.some((one) => one.upstream.name === name));
    if (!led) read.report(['upstreams', name], 'must have “models”, or a route that leads to it');
  }
  const data = resolve(context.baseDir, written.data ?? 'gatehouse-data');
  const settings = {
    listen: readListen(read, written.listen ?? {}),
    workers: readWorkers(read, written.workers),
    data,
    policy: resolve(context.baseDir, written.policy ?? 'policy.yaml'),
    upstreams: Object.fromEntries(upstreams.map((upstream) => [upstream.name, upstream])),
    identity: readIdentity(read, written.identity ?? {}),
    people: readPeople(read, written.people),
    incidents: readIncidents(read, written.incidents),
    abuse: readAbuse(read, written.abuse ?? {}),
    detections: readDetections(read, written.detections),
    limits: readLimits(read, written.limits ?? {}),
    ledger: {
      segment: read.size(['ledger', 'segment'], written.ledger?.segment, '64MB'),
      origin: written.ledger?.origin,
      witnesses: readWitnesses(read, written.ledger?.witnesses),
      archive: readArchive(read, context.baseDir, data, written.ledger?.archive),
    },
    encoders: readEncoders(read, (path) => resolve(context.baseDir, path), written.encoders),
    judges: readJudges(read, written.judges, byName),
    vault: readVault(read, written.vault),
    models: readModels(read, context.baseDir, written.models),
    predictions: readPredictions(read, written.predictions),
    telemetry: readTelemetry(read, written.telemetry),
    feeds: readFeeds(read, (path) => resolve(context.baseDir, path), written.feeds),
    log: { level: written.log?.level ?? 'info', format: written.log?.format ?? 'auto' },
  } as const;
  document.finish();
  return deepFreeze<Settings>({ ...settings, routes: modelRoutes(upstreams, routes) });
}

function readWorkers(read: SettingsReader, written: SettingsFile['workers']): number {
  const count = read.count(['workers'], written, 1);
  if (count < 1 || count > MAX_WORKERS) read.report(['workers'], `must be 1 to ${MAX_WORKERS}`);
  return count;
}

function readListen(read: SettingsReader, written: NonNullable<SettingsFile['listen']>): ListenSettings {
  const { address = '127.0.0.1', behind_proxy = false, tls } = written;
  const port = Number(written.port ?? 8642);
  if (!Number.isInteger(port) || port > 65_535) read.report(['listen', 'port'], 'must be a port, 0 to 65535');
  if (isIP(address) === 0 && address !== 'localhost') {
    read.report(
      ['listen', 'address'],
      'must be an IP address (or localhost): a name could come to mean another machine',
    );
  } else if (!isLoopback(address) && tls === undefined && !behind_proxy) {
    read.report(
      ['listen', 'address'],
      'is beyond this machine, where keys and prompts would travel in clear: set listen.tls (cert, key), or ' +
        'listen.behind_proxy: true if a proxy in front ends TLS',
    );
  }
  return {
    address,
    port,
    behind_proxy,
    ...readProxies(read, written),
    tls: tls && readTls(read, tls),
    hosts: (written.hosts ?? []).map((host, index) => {
      if (!/^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(host)) {
        read.report(['listen', 'hosts', index], 'must be a host name without scheme or port');
      }
      return host.toLowerCase();
    }),
    origins: (written.origins ?? []).map((origin, index) => {
      const parsed = URL.parse(origin);
      const plain =
        parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.href === `${parsed.origin}/`;
      if (!plain)
        read.report(['listen', 'origins', index], 'must be a web origin such as https://app.example.com');
      return parsed?.origin ?? origin;
    }),
  };
}

function readProxies(
  read: SettingsReader,
  { trusted_proxies = [], proxy_header }: NonNullable<SettingsFile['listen']>,
): Pick<ListenSettings, 'trusted_proxies' | 'proxy_header'> {
  for (const [index, text] of trusted_proxies.entries()) {
    const range = parseRange(text);
    if (range === undefined || range.bits === 0)
      read.report(
        ['listen', 'trusted_proxies', index],
        'must be an IP address, or a range such as 10.1.0.0/24 whose bits after the prefix are 0; not everybody',
      );
  }
  if (proxy_header !== undefined && trusted_proxies.length === 0)
    read.report(['listen', 'proxy_header'], 'has no meaning without trusted_proxies');
  return { trusted_proxies, proxy_header: proxy_header ?? 'x-forwarded-for' };
}

function readTls(
  read: SettingsReader,
  written: NonNullable<NonNullable<SettingsFile['listen']>['tls']>,
): TlsSettings {
  const file = (name: 'cert' | 'key' | 'client_ca' | 'crl') =>
    written[name] === undefined ? undefined : read.file(['listen', 'tls', name], written[name]);
  const client_certificates =
    written.client_certificates ?? (written.client_ca === undefined ? 'off' : 'optional');
  if (client_certificates !== 'off' && written.client_ca === undefined)
    read.report(['listen', 'tls'], 'must have “client_ca”: whose certificates to believe');
  if (client_certificates === 'off' && written.crl !== undefined)
    read.report(['listen', 'tls', 'crl'], 'has no meaning without client certificates');
  return {
    cert: file('cert') ?? '',
    key: new Secret(file('key') ?? ''),
    client_certificates,
    client_ca: file('client_ca'),
    crl: file('crl'),
  };
}

function readLimits(read: SettingsReader, written: NonNullable<SettingsFile['limits']>): LimitSettings {
  const size = (name: 'body' | 'bodies' | 'caller_bodies' | 'headers' | 'reply' | 'event', normal: string) =>
    read.size(['limits', name], written[name], normal);
  const duration = (name: 'header_time' | 'body_time' | 'client_idle' | 'drain', normal: string) =>
    read.duration(['limits', name], written[name], normal);
  const count = (name: 'depth' | 'connections' | 'requests', normal: number) =>
    read.count(['limits', name], written[name], normal);
  return {
    body: size('body', '10MB'),
    bodies: size('bodies', '256MB'),
    caller_bodies: size('caller_bodies', '64MB'),
    depth: count('depth', 64),
    headers: size('headers', '16KB'),
    header_time: duration('header_time', '10s'),
    body_time: duration('body_time', '60s'),
    connections: count('connections', 2000),
    requests: count('requests', 1000),
    client_idle: duration('client_idle', '60s'),
    drain: duration('drain', '30s'),
    reply: size('reply', '32MB'),
    event: size('event', '1MB'),
  };
}
