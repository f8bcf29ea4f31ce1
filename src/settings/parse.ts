import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { SourceDocument } from '../base/document.ts';
import { deepFreeze } from '../base/freeze.ts';
import { Secret } from '../base/secret.ts';
import { isLoopback } from './loopback.ts';
import { type SettingsPlace, type SettingsReader, settingsReader } from './reader.ts';
import { ambiguities, modelRoutes } from './routes.ts';
import { type SettingsFile, settingsSchema } from './schema.ts';
import type { LimitSettings, ListenSettings, Settings } from './settings.ts';
import { type Environment, substitute } from './substitute.ts';
import { readUpstream } from './upstream.ts';

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
  for (const { upstream, index, message } of ambiguities(upstreams)) {
    read.report(['upstreams', upstream, 'models', index], message);
  }
  const settings = {
    listen: readListen(read, written.listen ?? {}),
    data: resolve(context.baseDir, written.data ?? 'gatehouse-data'),
    policy: resolve(context.baseDir, written.policy ?? 'policy.yaml'),
    upstreams: Object.fromEntries(upstreams.map((upstream) => [upstream.name, upstream])),
    limits: readLimits(read, written.limits ?? {}),
    ledger: {
      segment: read.size(['ledger', 'segment'], written.ledger?.segment, '64MB'),
      origin: written.ledger?.origin,
    },
    log: { level: written.log?.level ?? 'info', format: written.log?.format ?? 'auto' },
  } as const;
  document.finish();
  return deepFreeze<Settings>({ ...settings, routes: modelRoutes(upstreams) });
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
    tls: tls && {
      cert: read.file(['listen', 'tls', 'cert'], tls.cert),
      key: new Secret(read.file(['listen', 'tls', 'key'], tls.key)),
    },
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

function readLimits(read: SettingsReader, written: NonNullable<SettingsFile['limits']>): LimitSettings {
  const size = (name: 'body' | 'headers' | 'reply' | 'event', normal: string) =>
    read.size(['limits', name], written[name], normal);
  const duration = (name: 'header_time' | 'body_time' | 'client_idle' | 'drain', normal: string) =>
    read.duration(['limits', name], written[name], normal);
  const count = (name: 'depth' | 'connections' | 'requests', normal: number) =>
    read.count(['limits', name], written[name], normal);
  return {
    body: size('body', '10MB'),
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
