import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';
import { didYouMean } from '../../base/suggest.ts';
import { nodeDisk, replaceFile } from '../../ledger/disk.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../../ledger/lock.ts';
import { kindOf, type PublicKey, publicKeyOf, readPublicKeys } from '../../signing/keys.ts';
import type { Signing } from '../../signing/sign.ts';
import { type KeySealer, type Openers, openSealed, Sealed } from './sealer.ts';

export const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' } as const;
export type Curve = keyof typeof CURVES;

const Version = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    /** `active` signs; `retired` verifies what it has signed; `revoked` neither. */
    state: Type.Union([Type.Literal('active'), Type.Literal('retired'), Type.Literal('revoked')]),
    created: Type.String(),
    ended: Type.Union([Type.String(), Type.Null()]),
    /** PEM, the key of a curve first. */
    public: Type.String(),
    /** Private keys, PEM in the same order; destroyed when it ends. */
    sealed: Type.Union([Sealed, Type.Null()]),
  },
  { additionalProperties: false },
);
export type KeyVersion = Static<typeof Version>;

const File = Type.Object(
  { v: Type.Literal(1), name: Type.String(), versions: Type.Array(Version, { minItems: 1 }) },
  { additionalProperties: false },
);
/** A signing key under its name, with all versions it ever had, the oldest first. */
export type StoredKey = Static<typeof File>;

/** Told before it is done, so that nothing changes that could not be recorded. */
export interface KeyChange {
  readonly act: 'create' | 'rotate' | 'revoke';
  readonly name: string;
  /** The version that it makes, or the newest that it ends. */
  readonly version: number;
  /** Of the public keys, as bundles name them. */
  readonly hints: readonly string[];
}

/** Milliseconds to wait for others; a change takes a part of a second, and a ledger may be far. */
const PATIENCE = 30_000;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const PREFIX = 'signing-';
const MOST_BYTES = 1 << 20;

export interface MakeKey {
  readonly curve: Curve;
  /** A key of ML-DSA-65 beside it. */
  readonly postQuantum: boolean;
  readonly sealer: KeySealer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Signing keys in a folder: one file each, readable by its owner alone, private keys sealed. */
export class KeyFolder {
  readonly #folder: string;
  readonly #record: (change: KeyChange) => Promise<void>;

  /** @param record called before every change; where it rejects, nothing is changed */
  constructor(folder: string, record: (change: KeyChange) => Promise<void> = async () => {}) {
    this.#folder = folder;
    this.#record = record;
  }

  /** In the order of their names. */
  async list(): Promise<StoredKey[]> {
    const names = (await readdir(this.#folder).catch(() => [])).flatMap(
      (file) => (file.startsWith(PREFIX) && /^signing-(.+)\.json$/.exec(file)?.[1]) || [],
    );
    return Promise.all(names.sort().map((name) => this.find(name)));
  }

  /** Throws Problem('usage') where there is none of the name, `environment` where it cannot be read. */
  async find(name: string): Promise<StoredKey> {
    let text: string;
    try {
      text = await readFile(this.#path(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new Problem('environment', `cannot read the signing key “${name}”`, undefined, error);
      const known = (await readdir(this.#folder).catch(() => [])).flatMap(
        (file) => /^signing-(.+)\.json$/.exec(file)?.[1] ?? [],
      );
      throw new Problem(
        'usage',
        `there is no signing key “${name}”.${didYouMean(name, known)}`,
        `Make one with: gatehouse keys create ${name}`,
      );
    }
    return parse(text, name);
  }

  /** Throws Problem('usage') where there is one of the name already, or it is no name. */
  async create(name: string, about: MakeKey): Promise<StoredKey> {
    const path = this.#path(name);
    return this.#alone(() => this.#create(name, path, about));
  }

  async #create(name: string, path: string, about: MakeKey): Promise<StoredKey> {
    const made = await makeVersion(name, 1, about);
    const key: StoredKey = { v: 1, name, versions: [made] };
    if (existsSync(path))
      throw new Problem(
        'usage',
        `there is a signing key “${name}” already`,
        `A new one in its place: gatehouse keys rotate ${name}`,
      );
    await this.#record(changeOf('create', name, made));
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(path, textOf(key), { flag: 'wx', mode: 0o600, flush: true });
      await nodeDisk.syncFolder(this.#folder);
      return key;
    } catch (error) {
      throw new Problem('environment', `cannot write ${path}`, undefined, error);
    }
  }

  /** A new version signs from now on; those before verify what they have signed, and their private keys are destroyed. */
  async rotate(name: string, about: MakeKey): Promise<StoredKey> {
    await this.find(name);
    return this.#alone(async () => {
      const { versions } = await this.find(name);
      const made = await makeVersion(name, versions.length + 1, about);
      const ended = versions.map((one) => end(one, 'retired', about.now));
      return this.#change({ v: 1, name, versions: [...ended, made] }, changeOf('rotate', name, made));
    });
  }

  /**
   * Nothing that it signed is taken from now on, or with `version` what that version signed; its private keys are destroyed.
   */
  async revoke(name: string, version: number | undefined, now: number): Promise<StoredKey> {
    await this.find(name);
    return this.#alone(async () => {
      const { versions } = await this.find(name);
      const meant = versions.filter((one) => version === undefined || one.version === version);
      const last = meant.at(-1);
      if (last === undefined) throw new Problem('usage', `“${name}” has no version ${version}`);
      const left = versions.map((one) => (meant.includes(one) ? end(one, 'revoked', now) : one));
      return this.#change({ v: 1, name, versions: left }, changeOf('revoke', name, last));
    });
  }

  /** With what this key signs now. Throws Problem('usage') where it was revoked. */
  async open(name: string, openers: Openers): Promise<Pick<Signing, 'key' | 'postQuantum'>> {
    const { versions } = await this.find(name);
    const active = versions.find(({ state }) => state === 'active');
    if (active?.sealed == null)
      throw new Problem(
        'usage',
        `the signing key “${name}” was revoked`,
        `A new one: gatehouse keys rotate ${name}`,
      );
    const pem = await openSealed(active.sealed, aboutOf(name, active.version), openers);
    const [key, postQuantum] =
      pem
        .toString('latin1')
        .match(PEM)
        ?.map((one) => createPrivateKey(one)) ?? [];
    pem.fill(0);
    if (key === undefined) throw new Problem('environment', `the signing key “${name}” is empty`);
    return { key, postQuantum };
  }

  /** One change after the other, whoever makes them: a rotation of what was read before would undo a revocation. */
  async #alone<T>(act: () => Promise<T>): Promise<T> {
    const lock = await this.#lock();
    try {
      return await act();
    } finally {
      lock.release();
    }
  }

  async #lock(): Promise<FolderLock> {
    for (const late = performance.now() + PATIENCE; ; await setTimeout(50)) {
      try {
        return lockFolder(join(this.#folder, '.lock'));
      } catch (error) {
        if (!(error instanceof FolderInUse)) throw error;
        if (performance.now() > late)
          throw new Problem('environment', 'somebody else is changing the keys here', 'Try again.', error);
      }
    }
  }

  async #change(key: StoredKey, change: KeyChange): Promise<StoredKey> {
    await this.#record(change);
    await replaceFile(nodeDisk, this.#path(key.name), Buffer.from(textOf(key)));
    return key;
  }

  #path(name: string): string {
    if (!NAME.test(name))
      throw new Problem(
        'usage',
        'a signing key has a name of small letters, digits, “.”, “_” and “-”, 64 at most',
      );
    return join(this.#folder, `${PREFIX}${name}.json`);
  }
}

const PEM = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/g;
const textOf = (key: StoredKey): string => `${JSON.stringify(key, null, 2)}\n`;
const aboutOf = (name: string, version: number): string => `gatehouse/signing-key/v1 ${name} ${version}`;

/** What of its keys verifies: those of versions that were not revoked. */
export const publicKeysOf = ({ name, versions }: StoredKey): PublicKey[][] =>
  versions.filter(({ state }) => state !== 'revoked').map((one) => keysOf(name, one));

export const keysOf = (name: string, { public: pem }: KeyVersion): PublicKey[] =>
  readPublicKeys(Buffer.from(pem), name);

const changeOf = (act: KeyChange['act'], name: string, made: KeyVersion): KeyChange => ({
  act,
  name,
  version: made.version,
  hints: keysOf(name, made).map(({ hint }) => hint),
});

const end = (one: KeyVersion, state: 'retired' | 'revoked', now: number): KeyVersion => ({
  ...one,
  // Revoked stays revoked.
  state: one.state === 'revoked' ? 'revoked' : state,
  ended: one.ended ?? new Date(now).toISOString(),
  sealed: null,
});

async function makeVersion(
  name: string,
  version: number,
  { curve, postQuantum, sealer, now }: MakeKey,
): Promise<KeyVersion> {
  const keys: KeyObject[] = [generateKeyPairSync('ec', { namedCurve: CURVES[curve] }).privateKey];
  if (postQuantum) keys.push(generateKeyPairSync('ml-dsa-65').privateKey);
  const plain = Buffer.from(keys.map((key) => key.export({ type: 'pkcs8', format: 'pem' })).join(''));
  try {
    return {
      version,
      state: 'active',
      created: new Date(now).toISOString(),
      ended: null,
      public: keys.map((key) => publicKeyOf(key).key.export({ type: 'spki', format: 'pem' })).join(''),
      sealed: await sealer.seal(plain, aboutOf(name, version)),
    };
  } finally {
    plain.fill(0);
  }
}

function parse(text: string, name: string): StoredKey {
  try {
    const value: unknown = text.length > MOST_BYTES ? undefined : JSON.parse(text);
    if (Check(File, value) && value.name === name) return value;
  } catch {
    // Said below: nothing of the file is in the message.
  }
  throw new Problem('environment', `the signing key “${name}” is damaged`, 'Restore its file from a backup.');
}

/** `P-256 + ML-DSA-65`. */
export const kindsOf = (name: string, version: KeyVersion): string =>
  keysOf(name, version).map(kindOf).join(' + ');
