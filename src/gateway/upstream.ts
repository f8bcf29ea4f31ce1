import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Pool } from 'undici';
import { parseRange } from '../base/addresses.ts';
import { anyOf, isGlob } from '../base/glob.ts';
import { Problem } from '../base/problem.ts';
import { REACHES, type Reach, reachOf } from '../base/reach.ts';
import { Refusal } from '../base/refusal.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { UpstreamSettings } from '../settings/model-server.ts';
import { guardedConnect } from './reach.ts';

/** A model server that the settings name: the only places the gateway ever connects to. */
export interface Upstream {
  readonly name: string;
  readonly dialect: Dialect;
  readonly pool: Pool;
  readonly headers: Readonly<Record<string, string>>;
  /** False where the settings say that it lacks this endpoint of its dialect. */
  has(operation: Operation): boolean;
  /** Path and query of an endpoint for a model of the upstream's. */
  pathOf(operation: Pick<Operation, 'upstreamPath'>, model: string): string;
  /** Path and query of its own list of models. */
  readonly modelsPath: string;
  /** Models that the settings name for it, and whether they also have patterns. */
  readonly names: readonly string[];
  readonly hasPatterns: boolean;
  serves(model: string): boolean;
  close(): Promise<void>;
}

/** Where the practice model answers. */
export interface Practice {
  readonly url: string;
  readonly key: string;
}

/** What the base address of a dialect ends in, as its clients have it. */
const PRACTICE_BASE: Readonly<Record<string, string>> = { openai: '/v1', gemini: '/v1beta' };

/** Bytes of response headers an upstream may send. */
const MAX_HEADERS = 32 * 1024;

/**
 * Opens the connections of one upstream; nothing is sent until a request comes.
 * @param practice where the practice model is, for an upstream that is it
 */
export function openUpstream(
  settings: UpstreamSettings,
  dialect: Dialect,
  practice: Practice | undefined,
): Upstream {
  const { name, models } = settings;
  checkTls(settings);
  const server = settings.practice ? practice : { url: settings.url, key: settings.key?.reveal() };
  if (server === undefined) throw new Problem('environment', 'the practice model is not running');
  const { origin, pathname } = new URL(
    settings.practice ? `${server.url}${PRACTICE_BASE[dialect.name] ?? ''}` : server.url,
  );
  const { connect, first_byte, idle } = settings.timeouts;
  const pool = new Pool(origin, {
    connections: settings.connections,
    pipelining: 1,
    headersTimeout: first_byte,
    bodyTimeout: idle,
    connect: guardedConnect({
      reach: reachFor(settings, server.url),
      timeout: connect,
      ca: settings.tls?.ca,
      cert: settings.tls?.cert,
      key: settings.tls?.key?.reveal(),
    }),
    keepAliveTimeout: 30_000,
    maxHeaderSize: MAX_HEADERS,
  });
  const base = pathname.replace(/\/+$/, '');
  const query = new URLSearchParams(
    Object.entries(settings.query).map(([name, value]) => [name, value.reveal()]),
  ).toString();
  const { key } = server;
  const pathOf = (upstreamPath: string, model: string) => {
    // The only names that stay what they are when encoded, and are not names in a path (RFC 3986, section 5.2.4).
    if (model === '.' || model === '..') throw new Refusal('model_unknown');
    const [endpoint = '', own = ''] = upstreamPath.split('?', 2);
    const path = settings.path
      .replace('{endpoint}', () => endpoint)
      .replaceAll('{model}', () => encodeURIComponent(model));
    const parameters = [own, query].filter((text) => text !== '').join('&');
    return `${base}${path}${parameters === '' ? '' : `?${parameters}`}`;
  };
  const list = dialect.operations.find(
    ({ action, path }) => action === 'models.list' && !path.endsWith(':id'),
  );
  const lacks = lackedBy(settings, dialect);
  const fits = anyOf(models.map((model) => model.name));
  return {
    name,
    dialect,
    pool,
    headers: {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'gatehouse',
      ...(key === undefined ? {} : credential(settings.auth, key, dialect)),
      ...Object.fromEntries(
        Object.entries(settings.headers).map(([header, value]) => [header, value.reveal()]),
      ),
    },
    has: ({ id }) => !lacks.has(id),
    pathOf: ({ upstreamPath }, model) => pathOf(upstreamPath, model),
    modelsPath: pathOf(list?.upstreamPath ?? '/models', ''),
    names: models.filter((model) => !isGlob(model.name)).map((model) => model.name),
    hasPatterns: models.some((model) => isGlob(model.name)),
    serves: fits,
    close: () => pool.close(),
  };
}

/** Ids of the endpoints that it does not have. One that is not known by that name would be asked all the same. */
function lackedBy({ name, lacks }: UpstreamSettings, dialect: Dialect): ReadonlySet<string> {
  const needed = new Set([dialect.chat(false).id, dialect.chat(true).id]);
  const known = dialect.operations.flatMap(({ id, method }) =>
    method === 'POST' && !needed.has(id) ? id : [],
  );
  const ids = lacks.map((endpoint) => `${dialect.name}.${endpoint}`);
  if (ids.every((id) => known.includes(id))) return new Set(ids);
  const names = known.map((id) => id.slice(dialect.name.length + 1)).join(', ');
  throw new Problem(
    'usage',
    `upstreams.${name}.lacks names an endpoint that is not known or not to be done without`,
    `A server of the dialect ${dialect.name} may lack ${names}.`,
  );
}

/** Broken files are found before they are needed. */
function checkTls({ name, tls }: UpstreamSettings): void {
  if (tls === undefined) return;
  const { ca, cert, key } = tls;
  try {
    // OpenSSL takes a file without certificates for an empty list.
    if (ca !== undefined) new X509Certificate(ca);
    if (cert !== undefined) new X509Certificate(cert);
    createSecureContext({ cert, key: key?.reveal() });
  } catch (cause) {
    throw new Problem(
      'usage',
      `upstreams.${name}.tls cannot be used: a file is broken, or certificate and key do not belong together`,
      'All are PEM files; a certificate comes first in its chain.',
      cause,
    );
  }
}

/** Where the settings let it be. The practice model is at home. */
const reachFor = (settings: UpstreamSettings, url: string): Reach =>
  settings.practice ? reachOf(new URL(url).hostname) : reachAt(settings, url);

/** Addresses that a url and the settings beside it allow. */
export function reachAt(
  { reach, allow_addresses }: Pick<UpstreamSettings, 'reach' | 'allow_addresses'>,
  url: string,
): Reach {
  const own = reachOf(new URL(url).hostname);
  return {
    classes: reach === undefined ? own.classes : REACHES[reach],
    ranges: [...own.ranges, ...allow_addresses.flatMap((text) => parseRange(text) ?? [])],
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
