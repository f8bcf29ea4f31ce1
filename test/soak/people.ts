import type { TestIssuer } from '../identity/issuer.ts';
import { administer } from './processes.ts';

/** Who asks. `tight` has few requests a minute, `poor` a team with little money; `ann` comes with a token. */
export const PEOPLE = ['plain', 'turning', 'tight', 'poor', 'ann'] as const;
export type Person = (typeof PEOPLE)[number];

const TEAMS: Readonly<Record<Exclude<Person, 'ann'>, string>> = {
  plain: 'web',
  turning: 'web',
  tight: 'web',
  poor: 'poor',
};

/** How long a token is used before another one is signed, in milliseconds. */
const TOKEN_TIME = 20_000;

/** The credentials of everybody, those that were good, and those that never were. */
export class People {
  readonly #keys = new Map<Person, string>();
  /** Keys that no request may pass with any more. */
  readonly #revoked: string[] = [];
  /** When `turning` was between two keys, so that either may be refused. */
  readonly between: { readonly from: number; readonly to: number }[] = [];
  /** When the issuer's key was changed. */
  issuerTurned = Number.POSITIVE_INFINITY;
  readonly #issuer: TestIssuer;
  readonly #folder: string;
  #token: { readonly text: string; readonly until: number } | undefined;

  private constructor(folder: string, issuer: TestIssuer) {
    this.#folder = folder;
    this.#issuer = issuer;
  }

  static async make(folder: string, issuer: TestIssuer): Promise<People> {
    const people = new People(folder, issuer);
    for (const [name, team] of Object.entries(TEAMS)) {
      const tag = name === 'plain' ? ['--tag', 'purpose=support'] : [];
      const args = ['callers', 'create', name, '--team', team, ...tag];
      const { key } = await administer<{ key: string }>(folder, args);
      people.#keys.set(name as Person, key);
    }
    return people;
  }

  /** Everything that was ever a secret. */
  get secrets(): readonly string[] {
    return [...this.#keys.values(), ...this.#revoked];
  }

  async credentialOf(person: Person): Promise<string> {
    if (person !== 'ann') return this.#keys.get(person) ?? '';
    if (this.#token === undefined || this.#token.until < Date.now()) {
      const text = await this.#issuer.sign({ sub: 'ann', email: 'ann@example.com', groups: ['engineers'] });
      this.#token = { text, until: Date.now() + TOKEN_TIME };
    }
    return this.#token.text;
  }

  /** Undefined as long as none was revoked. */
  revokedKey(random: () => number): string | undefined {
    return this.#revoked[Math.floor(random() * this.#revoked.length)];
  }

  /** A credential of nobody: a key that never was, or a token that is late, for others, or signed by others. */
  async strange(random: () => number): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: 'ann', email: 'ann@example.com', groups: ['engineers'] };
    const makers = [
      async () => `ghk_${'0'.repeat(54)}`,
      async () => `${this.#keys.get('plain')?.slice(0, -1)}_`,
      () => this.#issuer.sign({ ...claims, exp: now - 300 }),
      () => this.#issuer.sign({ ...claims, aud: 'another' }),
      async () => `${(await this.credentialOf('ann')).slice(0, -8)}AAAAAAAA`,
    ];
    return (makers[Math.floor(random() * makers.length)] ?? makers[0])?.() ?? '';
  }

  /** From the moment that this resolves the old key is good for nothing. */
  async rotate(): Promise<void> {
    const old = this.#keys.get('turning') ?? '';
    const from = Date.now();
    const args = ['callers', 'rotate', 'turning', '--overlap', '0s'];
    const { key } = await administer<{ key: string }>(this.#folder, args);
    this.#keys.set('turning', key);
    this.#revoked.push(old);
    this.between.push({ from, to: Date.now() });
  }

  /** A caller that is there for a moment only. */
  async comeAndGo(name: string): Promise<void> {
    const { key } = await administer<{ key: string }>(this.#folder, [
      'callers',
      'create',
      name,
      '--team',
      'web',
    ]);
    await administer(this.#folder, ['callers', 'revoke', name]);
    this.#revoked.push(key);
  }

  /** Another key signs from now on; the old one is still in the key set. */
  async rotateIssuer(): Promise<void> {
    this.issuerTurned = Date.now();
    await this.#issuer.rotate(true);
    this.#token = undefined;
  }
}
