import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import { closed, count, duration, ModelAtServer, secret, size } from './fields.ts';
import type { UpstreamSettings } from './model-server.ts';
import type { SettingsReader } from './reader.ts';
import { readServerUrl } from './server-url.ts';
import { REACH_FIELDS, type ReachSettings, readReach } from './upstream-reach.ts';

/** A model that is asked for a second opinion: any server with OpenAI's chat completions. */
export interface JudgeSettings extends Pick<ReachSettings, 'reach' | 'allow_addresses' | 'tls'> {
  readonly name: string;
  /** Base address without a slash at its end. */
  readonly url: string;
  readonly key: Secret | undefined;
  readonly model: string;
  /** Milliseconds for one answer. */
  readonly timeout: number;
  /** Calls at the same time; what is beyond is refused. */
  readonly concurrency: number;
  readonly calls_per_minute: number;
  /** Of questions and answers; those of an answer are bounded beforehand. */
  readonly tokens_per_minute: number;
  readonly max_chars: number;
  readonly cache_entries: number;
  readonly cache_ttl: number;
}

const { reach, allow_addresses, tls } = REACH_FIELDS;

const Judge = Type.Object(
  {
    upstream: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'An upstream with the dialect openai: its address, key and reach are used.',
      }),
    ),
    url: Type.Optional(
      Type.String({ description: 'Or a base address of its own (https://judge.example.com/v1).' }),
    ),
    insecure_http: Type.Optional(
      Type.Boolean({
        description: 'Allow http:// to another machine: prompts then cross the network in clear.',
      }),
    ),
    key: Type.Optional(secret('API key: ${NAME} from the environment, or { file: PATH }.')),
    model: ModelAtServer,
    timeout: Type.Optional(duration('For one answer.', '5s')),
    concurrency: Type.Optional(count('Calls at the same time.', 8)),
    calls_per_minute: Type.Optional(count('Calls in a minute.', 60)),
    tokens_per_minute: Type.Optional(count('Tokens in a minute.', 100_000)),
    max_chars: Type.Optional(size('Longest text that it is asked about.', '32KB')),
    cache_entries: Type.Optional(count('Verdicts that are kept in memory.', 1000)),
    cache_ttl: Type.Optional(duration('For how long.', '10m')),
    reach,
    allow_addresses,
    tls,
  },
  { ...closed, description: 'A model that guards may ask for a second opinion.' },
);

/** `judges:` of `gatehouse.yaml`. */
export const Judges = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), Judge, {
  ...closed,
  description: 'Models that guards may ask for a second opinion, by name.',
});

type JudgeEntry = Static<typeof Judge>;

export function readJudges(
  read: SettingsReader,
  written: Static<typeof Judges> = {},
  upstreams: ReadonlyMap<string, UpstreamSettings>,
): Readonly<Record<string, JudgeSettings>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, entry]) => {
      const at: Path = ['judges', name];
      const settings: JudgeSettings = {
        name,
        model: entry.model,
        ...serverOf(read, at, entry, upstreams),
        timeout: read.duration([...at, 'timeout'], entry.timeout, '5s'),
        concurrency: read.count([...at, 'concurrency'], entry.concurrency, 8),
        calls_per_minute: read.count([...at, 'calls_per_minute'], entry.calls_per_minute, 60),
        tokens_per_minute: read.count([...at, 'tokens_per_minute'], entry.tokens_per_minute, 100_000),
        max_chars: read.size([...at, 'max_chars'], entry.max_chars, '32KB'),
        cache_entries: read.count([...at, 'cache_entries'], entry.cache_entries, 1000),
        cache_ttl: read.duration([...at, 'cache_ttl'], entry.cache_ttl, '10m'),
      };
      return [name, settings];
    }),
  );
}

type Server = Pick<JudgeSettings, 'url' | 'key' | 'reach' | 'allow_addresses' | 'tls'>;

function serverOf(
  read: SettingsReader,
  at: Path,
  entry: JudgeEntry,
  upstreams: ReadonlyMap<string, UpstreamSettings>,
): Server {
  if ((entry.upstream === undefined) === (entry.url === undefined))
    read.report(at, 'must have one of upstream and url');
  if (entry.upstream === undefined) {
    const url = readServerUrl(read, [...at, 'url'], entry, 'https://judge.example.com/v1');
    const key = entry.key === undefined ? undefined : read.secret([...at, 'key'], entry.key);
    const { reach, allow_addresses, tls } = readReach(read, at, entry);
    return { url, key, reach, allow_addresses, tls };
  }
  for (const key of ['key', 'reach', 'allow_addresses', 'tls', 'insecure_http'] as const) {
    if (entry[key] !== undefined) read.report([...at, key], 'is that of the upstream; take it out');
  }
  const upstream = upstreams.get(entry.upstream);
  if (
    upstream?.dialect !== 'openai' ||
    upstream.practice ||
    upstream.path !== '{endpoint}' ||
    upstream.auth !== 'dialect'
  )
    read.report([...at, 'upstream'], 'is no upstream that speaks openai at its own address in its own way');
  return {
    url: upstream?.url ?? '',
    key: upstream?.key,
    reach: upstream?.reach,
    allow_addresses: upstream?.allow_addresses ?? [],
    tls: upstream?.tls,
  };
}
