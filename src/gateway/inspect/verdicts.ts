import type { RefusalCode } from '../../base/refusal.ts';
import type { GuardVerdict, SpotFinding, Verdicts } from '../../exchange/verdict.ts';
import type { GuardPost } from './posts.ts';

/** Findings and paths listed per guard; the rest is counted, so that no reply can swell a ledger entry. */
const LISTED = 32;

/** Gathers what every guard did over one prompt or one reply. */
export class VerdictBook {
  readonly verdicts: Verdicts;
  readonly #posts: readonly GuardPost[];
  #reasons: Set<string> | undefined;
  readonly #labelled = new Set<GuardPost>();
  #ms = 0;

  /** @param posts all of the policy's; those not on duty in this direction are skipped for all texts */
  constructor(posts: readonly GuardPost[], direction: 'prompt' | 'reply') {
    const guards = posts.map(({ name, on }) => ({
      guard: name,
      ran: 0,
      skipped: on[direction] ? [] : ['*'],
      failed: [],
      findings: [],
      more: 0,
    }));
    this.#posts = posts;
    this.verdicts = { outcome: 'passed', guards, notInspected: {}, pseudonyms: {}, texts: 0, chars: 0 };
  }

  #of(post: GuardPost): GuardVerdict {
    return this.verdicts.guards[this.#posts.indexOf(post)] as GuardVerdict;
  }

  text(chars: number): void {
    this.verdicts.texts += 1;
    this.verdicts.chars += chars;
  }

  /** A guard was at work for so many milliseconds. */
  took(ms: number): void {
    this.#ms += ms;
  }

  /** Milliseconds of all guards together. */
  get ms(): number {
    return this.#ms;
  }

  ran(post: GuardPost): void {
    this.#of(post).ran += 1;
  }

  skipped(post: GuardPost, path: string): void {
    const verdict = this.#of(post);
    if (verdict.skipped.length < LISTED) verdict.skipped.push(path);
    else verdict.more += 1;
  }

  failed(post: GuardPost, path: string, blocks: boolean, began: boolean): void {
    const verdict = this.#of(post);
    // What it could not finish it has not read (BerriAI/litellm#35257: skipped, and logged as a success).
    if (began) verdict.ran -= 1;
    if (verdict.failed.length < LISTED) verdict.failed.push(path);
    else verdict.more += 1;
    // Nobody knows what it would have found.
    this.#labelled.add(post);
    if (blocks) this.verdicts.outcome = 'failed';
  }

  found(post: GuardPost, finding: SpotFinding): void {
    const { reason, action } = finding;
    this.#labelled.add(post);
    this.#reasons ??= new Set();
    this.#reasons.add(reason);
    const verdict = this.#of(post);
    if (verdict.findings.length < LISTED) verdict.findings.push(finding);
    else verdict.more += 1;
    const { outcome } = this.verdicts;
    if (action === 'block') this.verdicts.outcome = 'blocked';
    else if (action === 'review') this.verdicts.outcome = outcome === 'failed' ? outcome : 'held';
    else if (action === 'flag') this.verdicts.outcome = outcome === 'passed' ? 'flagged' : outcome;
    else if (outcome === 'passed' || outcome === 'flagged') this.verdicts.outcome = 'masked';
  }

  /** In a prompt a value got a stand-in; in a reply it was given back. */
  pseudonym(reason: string): void {
    this.verdicts.pseudonyms[reason] = (this.verdicts.pseudonyms[reason] ?? 0) + 1;
  }

  /** Content let through unread, by media type. */
  notInspected(media: string): void {
    this.verdicts.notInspected[media] = (this.verdicts.notInspected[media] ?? 0) + 1;
  }

  /** Labels that guards have set, by name and value. */
  get labels(): readonly (readonly [string, string])[] {
    return [...this.#labelled].flatMap(({ label }) => Object.entries(label));
  }

  /** Stable ids of everything found, for the refusal. */
  get reasons(): readonly string[] {
    return [...(this.#reasons ?? [])];
  }
}

/** What a blocked prompt or reply is refused with. */
export const blockedCode = (direction: 'prompt' | 'reply'): RefusalCode =>
  direction === 'prompt' ? 'prompt_blocked' : 'reply_blocked';
