import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import { closed, duration, secret } from './fields.ts';
import { isLoopback } from './loopback.ts';
import type { SettingsReader } from './reader.ts';

/** Master keys of sealed content, by name; each wraps with AES-256-GCM or in a service. */
export interface VaultSettings {
  /** Name of the one that new keys are wrapped by. */
  readonly current: string;
  readonly masters: Readonly<Record<string, MasterSettings>>;
}

export type MasterSettings =
  /** 32 bytes in hex or base64. */
  | { readonly kind: 'key'; readonly key: Secret }
  /** A program that prints them. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | {
      readonly kind: 'transit';
      /** Without a slash at its end. */
      readonly url: string;
      readonly mount: string;
      readonly key: string;
      readonly token: Secret;
      readonly namespace: string | undefined;
      /** Milliseconds for one answer. */
      readonly timeout: number;
    };

const Transit = Type.Object(
  {
    url: Type.String({ description: 'Address of the server, such as https://vault.example.com:8200.' }),
    key: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$|\\$\\{',
      description: 'name of the key in the engine',
    }),
    token: secret('Token: ${NAME} from the environment, or { file: PATH }.'),
    mount: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$|\\$\\{',
        description: 'where the engine is mounted. Default: transit',
      }),
    ),
    namespace: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9_./-]{1,200}$|\\$\\{', description: 'namespace of the engine' }),
    ),
    insecure_http: Type.Optional(
      Type.Boolean({
        description: 'Allow http:// to another machine: the token then crosses the network in clear.',
      }),
    ),
    timeout: Type.Optional(duration('For one answer.', '5s')),
  },
  { ...closed, description: 'A key in a transit secrets engine (HashiCorp Vault, OpenBao).' },
);

const Master = Type.Object(
  {
    key: Type.Optional(secret('32 bytes in hex or base64: ${NAME} from the environment, or { file: PATH }.')),
    command: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'A program that prints the key, and its arguments; no shell.',
      }),
    ),
    transit: Type.Optional(Transit),
  },
  { ...closed, description: 'A master key: one of key, command, transit.' },
);

/** `vault:` of `gatehouse.yaml`. */
export const Vault = Type.Object(
  {
    masters: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }), Master, {
      ...closed,
      minProperties: 1,
      description: 'Master keys by name: lower-case letters, digits, - and _',
    }),
    current: Type.Optional(
      Type.String({ description: 'The master key that wraps new keys. Needed where there are several.' }),
    ),
  },
  { ...closed, description: 'Keys of sealed content.' },
);

type VaultEntry = Static<typeof Vault>;
type MasterEntry = Static<typeof Master>;

/** Undefined where there is no vault. */
export function readVault(read: SettingsReader, written: VaultEntry | undefined): VaultSettings | undefined {
  if (written === undefined) return undefined;
  const names = Object.keys(written.masters);
  const { current = names[0] ?? '' } = written;
  if (written.current === undefined && names.length > 1) {
    read.report(['vault'], 'must have “current”, since there are several master keys');
  } else if (!names.includes(current)) {
    read.report(['vault', 'current'], 'is the name of no master key in vault.masters');
  }
  const masters = Object.entries(written.masters).map(
    ([name, entry]) => [name, readMaster(read, ['vault', 'masters', name], entry)] as const,
  );
  return { current, masters: Object.fromEntries(masters) };
}

function readMaster(read: SettingsReader, at: Path, entry: MasterEntry): MasterSettings {
  const { key, command, transit } = entry;
  if (Object.keys(entry).length !== 1) read.report(at, 'must have one of key, command and transit');
  if (transit !== undefined) {
    const { namespace, mount = 'transit', timeout } = transit;
    return {
      kind: 'transit',
      url: readUrl(read, [...at, 'transit'], transit),
      mount,
      key: transit.key,
      token: read.secret([...at, 'transit', 'token'], transit.token),
      namespace,
      timeout: read.duration([...at, 'transit', 'timeout'], timeout, '5s'),
    };
  }
  if (command !== undefined) return { kind: 'command', command };
  return { kind: 'key', key: read.secret([...at, 'key'], key ?? '') };
}

function readUrl(
  read: SettingsReader,
  at: Path,
  { url: text, insecure_http }: Static<typeof Transit>,
): string {
  const url = URL.parse(text);
  const report = (message: string) => read.report([...at, 'url'], message);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    report('must be an address such as https://vault.example.com:8200, without a path');
  } else if (url.protocol === 'http:' && !isLoopback(url.hostname) && insecure_http !== true) {
    report(
      'is http:// to another machine, so the token would travel in clear: use https://, or set insecure_http: true',
    );
  }
  return url?.origin ?? '';
}
