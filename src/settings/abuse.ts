import Type, { type Static } from 'typebox';
import type { SettingsReader } from './reader.ts';

/** So many in a window of time, and what follows. Milliseconds. */
export interface AbuseRule {
  readonly action: 'flag' | 'block';
  readonly count: number;
  readonly window: number;
  /** How long who is blocked must wait. */
  readonly cooldown: number;
}

/** What is looked for in how callers behave; undefined: not looked for. */
export interface AbuseSettings {
  /** The same request over and over. */
  readonly repeats: AbuseRule | undefined;
  /** Requests refused for what the caller wrote. */
  readonly invalid_requests: AbuseRule | undefined;
  /** Networks that one credential comes from. */
  readonly networks: AbuseRule | undefined;
  /** Credentials from one network that are nobody's. */
  readonly strangers: AbuseRule | undefined;
}

export const ABUSE_CHECKS = ['repeats', 'invalid_requests', 'networks', 'strangers'] as const;
export type AbuseCheck = (typeof ABUSE_CHECKS)[number];

const NORMAL: Readonly<
  Record<AbuseCheck, { action: 'flag' | 'block'; count: number; window: string; cooldown: string }>
> = {
  repeats: { action: 'flag', count: 100, window: '1m', cooldown: '5m' },
  invalid_requests: { action: 'block', count: 120, window: '1m', cooldown: '1m' },
  networks: { action: 'flag', count: 8, window: '1h', cooldown: '10m' },
  strangers: { action: 'block', count: 30, window: '1m', cooldown: '5m' },
};

const closed = { additionalProperties: false } as const;
const duration = Type.Union([Type.Number(), Type.String()]);

const check = (name: AbuseCheck, what: string) => {
  const { action, count, window, cooldown } = NORMAL[name];
  return Type.Optional(
    Type.Union(
      [
        Type.Literal('off'),
        Type.Object(
          {
            action: Type.Optional(Type.Enum(['flag', 'block'])),
            count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
            window: Type.Optional(duration),
            cooldown: Type.Optional(duration),
          },
          closed,
        ),
      ],
      {
        description: `${what} off, or { action: flag or block, count, window, cooldown }. Default: ${action} at ${count} in ${window}, for ${cooldown}.`,
      },
    ),
  );
};

/** `abuse:` of `gatehouse.yaml`. */
export const Abuse = Type.Object(
  {
    repeats: check('repeats', 'The same request over and over by one caller.'),
    invalid_requests: check(
      'invalid_requests',
      'Requests of one caller that are refused for what is in them.',
    ),
    networks: check('networks', 'Networks (/24, /48) that one credential is used from.'),
    strangers: check('strangers', 'Credentials from one network (/24, /64) that are nobody’s.'),
  },
  { ...closed, description: 'What is looked for in how callers behave.' },
);

export function readAbuse(read: SettingsReader, written: Static<typeof Abuse>): AbuseSettings {
  const rule = (name: AbuseCheck): AbuseRule | undefined => {
    const entry = written[name] ?? {};
    if (entry === 'off') return undefined;
    const normal = NORMAL[name];
    return {
      action: entry.action ?? normal.action,
      count: entry.count ?? normal.count,
      window: read.duration(['abuse', name, 'window'], entry.window, normal.window),
      cooldown: read.duration(['abuse', name, 'cooldown'], entry.cooldown, normal.cooldown),
    };
  };
  return {
    repeats: rule('repeats'),
    invalid_requests: rule('invalid_requests'),
    networks: rule('networks'),
    strangers: rule('strangers'),
  };
}
