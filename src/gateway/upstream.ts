import { Pool } from 'undici';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { UpstreamSettings } from '../settings/settings.ts';

/** A model server that the settings name: the only places the gateway ever connects to. */
export interface Upstream {
  readonly name: string;
  readonly dialect: Dialect;
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query of an endpoint for a model of the upstream's. */
  pathOf(operation: Pick<Operation, 'upstreamPath'>, model: string): string;
  close(): Promise<void>;
}

/** Bytes of response headers an upstream may send. */
const MAX_HEADERS = 32 * 1024;

/** Opens the connections of one upstream; nothing is sent until a request comes. */
export function openUpstream(name: string, settings: UpstreamSettings, dialect: Dialect): Upstream {
  const { origin, pathname } = new URL(settings.url);
  const { connect, first_byte, idle } = settings.timeouts;
  const pool = new Pool(origin, {
    connections: settings.connections,
    pipelining: 1,
    headersTimeout: first_byte,
    bodyTimeout: idle,
    connect: { timeout: connect },
    keepAliveTimeout: 30_000,
    maxHeaderSize: MAX_HEADERS,
  });
  const base = pathname.replace(/\/+$/, '');
  const query = new URLSearchParams(settings.query).toString();
  const key = settings.key?.reveal();
  return {
    name,
    dialect,
    pool,
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'gatehouse',
      ...(key === undefined ? {} : credential(settings.auth, key, dialect)),
      ...settings.headers,
    },
    pathOf: ({ upstreamPath }, model) => {
      const path = settings.path
        .replace('{model}', () => encodeURIComponent(model))
        .replace('{endpoint}', () => upstreamPath);
      return `${base}${path}${query === '' ? '' : `?${query}`}`;
    },
    close: () => pool.close(),
  };
}

function credential(auth: UpstreamSettings['auth'], key: string, dialect: Dialect): Record<string, string> {
  switch (auth) {
    case 'bearer':
      return { authorization: `Bearer ${key}` };
    case 'api-key':
    case 'x-api-key':
      return { [auth]: key };
    case 'none':
      return {};
    case 'dialect':
      return dialect.authorize(key);
  }
}
