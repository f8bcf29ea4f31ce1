import type { JsonObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import type { ContentRule } from '../policy/content.ts';
import type { ContentKind } from '../vault/record.ts';
import type { Sealed, Sealing } from '../vault/sealing.ts';
import type { ContentAbout, Vault } from '../vault/vault.ts';

export type RequestAbout = Omit<ContentAbout, 'kind'>;

/**
 * What is kept of one request, sealed. The keys are had, and the prompt is on its way to disk, before anything goes
 * upstream; all of it is durable before the closing entry names it. Where that fails the request is refused
 * (`vault_unavailable`), unless the policy says `on_error: allow`; either way the entry says so.
 */
export class RequestContent {
  readonly #vault: Vault;
  readonly #rule: ContentRule;
  readonly #about: RequestAbout;
  /** The request as it came, until the guards have let it through. */
  #received: Uint8Array | undefined;
  #prompt: Promise<Sealed> | undefined;
  #reply: Sealing | undefined;
  #failed: Refusal | undefined;
  #closed: Promise<JsonObject> | undefined;

  constructor(vault: Vault, rule: ContentRule, about: RequestAbout) {
    this.#vault = vault;
    this.#rule = rule;
    this.#about = about;
  }

  /** The request as it came, in case it is blocked. */
  received(bytes: Uint8Array): void {
    if (this.#rule.blocked) this.#received = bytes;
  }

  /**
   * Has the keys, and begins to write what the guards let through. Rejects with Refusal('vault_unavailable').
   * @param body undefined where there is no prompt, only a reply
   */
  async prompt(body: JsonObject | undefined): Promise<void> {
    this.#received = undefined;
    await this.#guarded(async () => {
      if ((await this.#vault.bytes()) > this.#rule.max) throw new Refusal('vault_unavailable');
      const [prompt, reply] = await Promise.all([
        this.#rule.seal.prompts && body !== undefined ? this.#begin('prompt') : undefined,
        this.#rule.seal.replies ? this.#begin('reply') : undefined,
      ]);
      this.#reply = reply;
      if (prompt !== undefined) this.#prompt = this.#whole(prompt, JSON.stringify(body));
    });
  }

  /** Resolves when the prompt is durable. */
  kept(): Promise<void> {
    return this.#guarded(async () => void (await this.#prompt));
  }

  /** Takes cleared text of the reply; a promise where the disk is slower. */
  push(text: string): void | Promise<void> {
    const waiting = this.#reply?.push(text);
    return waiting && this.#guarded(() => waiting);
  }

  /** A whole reply; resolves when all is durable. */
  async whole(text: string): Promise<void> {
    await this.push(text);
    await this.finish();
  }

  /** Resolves when all of it is durable. */
  finish(): Promise<void> {
    return this.#guarded(async () => void (await Promise.all([this.#prompt, this.#reply?.end()])));
  }

  /** What the closing entry says, when all is durable that can be. Never rejects. */
  close(blocked: boolean): Promise<JsonObject> {
    this.#closed ??= this.#close(blocked);
    return this.#closed;
  }

  async #close(blocked: boolean): Promise<JsonObject> {
    const facts: JsonObject = {};
    const note = async (kind: ContentKind, sealed: Promise<Sealed> | undefined) => {
      if (sealed === undefined) return;
      try {
        facts[kind] = { ...(await sealed) };
      } catch {
        facts[kind] = null;
      }
    };
    const received = blocked ? this.#received : undefined;
    this.#received = undefined;
    // An answer of which nothing was cleared is none.
    const reply = this.#reply?.empty === false ? this.#reply : undefined;
    if (reply === undefined) this.#reply?.drop();
    await Promise.all([
      note('prompt', this.#prompt),
      note('reply', reply?.end()),
      note('blocked', received && this.#asItCame(received)),
    ]);
    if (this.#failed !== undefined) facts.failed = true;
    return facts;
  }

  async #asItCame(bytes: Uint8Array): Promise<Sealed> {
    return this.#whole(await this.#begin('blocked'), Buffer.from(bytes).toString());
  }

  #begin(kind: ContentKind): Promise<Sealing> {
    return this.#vault.seal({ ...this.#about, kind });
  }

  #whole(sealing: Sealing, text: string): Promise<Sealed> {
    sealing.push(text)?.catch(() => {});
    const sealed = sealing.end();
    // Whoever relies on it waits for it.
    sealed.catch(() => {});
    return sealed;
  }

  async #guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (cause) {
      this.#failed ??= cause instanceof Refusal ? cause : new Refusal('vault_unavailable', { cause });
      if (this.#rule.onError === 'block') throw this.#failed;
    }
  }
}
