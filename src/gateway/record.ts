import type { JsonObject } from '../base/json.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Usage } from '../exchange/exchange.ts';
import type { Verdicts } from '../exchange/verdict.ts';
import type { Receipt } from '../ledger/receipt.ts';
import type { Stage } from '../telemetry/told.ts';
import { type Bill, type Charge, chargeEntry } from './bill.ts';
import type { RequestContent } from './content.ts';
import type { VerdictBook } from './inspect/verdicts.ts';

/** Where entries go: the ledger, or in a test whatever fails in the way under test. */
export interface Book {
  append(body: { kind: string } & JsonObject): Promise<Receipt>;
}

export type Outcome = 'completed' | 'refused' | 'blocked' | 'cut' | 'failed';

/** What one attempt came to, as the closing entry lists it. */
export interface Attempt {
  readonly upstream: string;
  /** `answered`, or the code of the refusal that it would have been. */
  readonly outcome: string;
  readonly status?: number;
  /** Until the answer began. */
  readonly ms: number;
}

/** What a closing entry says beside its outcome. */
export interface Ending {
  readonly code?: string;
  readonly status: number;
  /** Null where the upstream reported none. */
  readonly usage?: Usage | null;
  readonly reply?: { readonly bytes: number; readonly digest: string };
  readonly count?: number;
  /** Id of a caller that came of it. */
  readonly made?: string;
}

/**
 * The record of one request. `begin` is durable before the upstream sees a byte; exactly one closing entry is
 * written however the request ends, and is durable before the last byte of the answer leaves. It holds who, when,
 * which model, verdicts, sizes, usage and keyed digests; never the text.
 */
export class Record {
  readonly #book: Book;
  readonly #started: number;
  readonly #tick: () => number;
  readonly #facts: JsonObject;
  /** What became known after the first entry. */
  readonly #later: JsonObject = {};
  #caller: Caller | undefined;
  #begun: Receipt | undefined;
  #ended: Promise<Receipt> | undefined;
  readonly #attempts: Attempt[] = [];
  #prompt: VerdictBook | undefined;
  #reply: VerdictBook | undefined;
  /** What it has set aside. */
  bill: Bill | undefined;
  /** What is kept of it, sealed; undefined: nothing. */
  content: RequestContent | undefined;
  /** Told once, when the closing entry is on its way. */
  onEnd: (outcome: Outcome, code: string | undefined, status: number) => void = () => {};
  /** What waits for the closing entry to be durable. Never rejects. */
  onEntered: () => Promise<void> = async () => {};
  /** Stages that came to their end, in milliseconds since the request came. */
  readonly stages: { readonly name: Stage; readonly end: number }[] = [];

  constructor(
    book: Book,
    tick: () => number,
    facts: { id: string; method: string; peer: string; policy: string },
  ) {
    this.#book = book;
    this.#tick = tick;
    this.#started = tick();
    this.#facts = { ...facts };
  }

  /** Milliseconds since the request came. */
  get ms(): number {
    return this.#tick() - this.#started;
  }

  get begun(): boolean {
    return this.#begun !== undefined;
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  get callerId(): string | undefined {
    return this.#caller?.id;
  }

  /** The caller's; empty where there is none. */
  get team(): string {
    return this.#caller?.team ?? '';
  }

  caller(caller: Caller): void {
    const { id, name, team, credential } = caller;
    this.#caller = caller;
    this.#facts.caller = { id, name, team, credential };
  }

  /** Milliseconds that guards were at work. */
  get #guarding(): number {
    return (this.#prompt?.ms ?? 0) + (this.#reply?.ms ?? 0);
  }

  /** A stage of the path is behind it. */
  passed(name: Stage): void {
    this.stages.push({ name, end: this.ms });
  }

  /** Adds facts for the next entry. */
  note(facts: JsonObject): void {
    Object.assign(this.begun ? this.#later : this.#facts, facts);
  }

  fact(name: string): JsonObject[string] | undefined {
    return this.#later[name] ?? this.#facts[name];
  }

  /** Settles what was set aside, once; says what is charged, null for nothing, and undefined where nothing was set aside. */
  settle(): Charge | null | undefined {
    const as = this.fact('as') ?? this.fact('model');
    return this.bill?.close({ upstream: this.fact('upstream'), as });
  }

  /** One target was asked. */
  attempt(attempt: Attempt): void {
    this.#attempts.push(attempt);
  }

  prompt(book: VerdictBook): void {
    this.#prompt = book;
  }

  reply(book: VerdictBook): void {
    this.#reply = book;
  }

  get books(): { readonly prompt: VerdictBook | undefined; readonly reply: VerdictBook | undefined } {
    return { prompt: this.#prompt, reply: this.#reply };
  }

  /** The entry before forwarding. */
  async begin(kind: 'request.begin' | 'admin.begin' = 'request.begin'): Promise<Receipt> {
    const entry = { kind, ...this.#facts, ...seen('inspected', this.#prompt) };
    this.#begun = await this.#book.append(entry);
    return this.#begun;
  }

  /** The closing entry. A second call returns the first one's receipt. */
  end(outcome: Outcome, facts: Ending): Promise<Receipt> {
    this.#ended ??= this.content === undefined ? this.#end(outcome, facts) : this.#endSealed(outcome, facts);
    return this.#ended;
  }

  async #end(outcome: Outcome, facts: Ending): Promise<Receipt> {
    const ended = this.#book.append(this.#closing(outcome, facts));
    this.onEnd(outcome, facts.code, facts.status);
    const receipt = await ended;
    await this.onEntered();
    return receipt;
  }

  /** Content is durable before the entry that names it. */
  async #endSealed(outcome: Outcome, facts: Ending): Promise<Receipt> {
    const content = (await this.content?.close(outcome === 'blocked')) ?? {};
    if (Object.keys(content).length > 0) this.note({ content });
    return this.#end(outcome, facts);
  }

  #closing(outcome: Outcome, facts: Ending): { kind: string } & JsonObject {
    const { usage, ...others } = facts;
    const charge = this.settle();
    const rest = {
      outcome,
      ...others,
      ...(usage !== undefined && { usage: usage === null ? null : { ...usage } }),
      ...(this.#attempts.length > 0 && { attempts: this.#attempts.map((attempt) => ({ ...attempt })) }),
      ...(charge !== undefined && { charge: chargeEntry(charge) }),
      ms: rounded(this.ms),
      ...((this.#prompt !== undefined || this.#reply !== undefined) && { guarding: rounded(this.#guarding) }),
    };
    const family = this.#facts.admin === true ? 'admin' : 'request';
    if (this.#begun === undefined) {
      // What needs no upstream and changes nothing is answered at once: one entry says all of it.
      const kind = `${family}.${outcome === 'completed' ? 'answered' : 'refused'}`;
      return {
        kind,
        ...this.#facts,
        ...rest,
        ...seen('inspected', this.#prompt),
        // An answer that was kept goes nowhere, and is read all the same.
        ...seen('reply_inspected', this.#reply),
      };
    }
    const id = this.#facts.id as string;
    return {
      kind: `${family}.end`,
      id,
      begin: this.#begun.seq,
      ...(charge !== undefined && this.account()),
      ...this.#later,
      ...rest,
      ...seen('inspected', this.#reply),
    };
  }

  /** By what its charge is to be found. */
  account(): JsonObject {
    return Object.fromEntries(
      ACCOUNT.flatMap((name) => {
        const fact = this.fact(name);
        return fact === undefined ? [] : [[name, fact]];
      }),
    );
  }
}

/** Milliseconds, to the microsecond. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** What accounts are kept by: a closing entry that charges something can be read without the one before it. */
const ACCOUNT = ['operation', 'caller', 'model', 'upstream', 'as', 'purpose'] as const;

/** Verdicts as the ledger keeps them: guards that ran and found nothing are one short line each. */
function seen(name: string, book: VerdictBook | undefined): JsonObject {
  if (book === undefined) return {};
  return { [name]: summary(book.verdicts) };
}

export function summary(verdicts: Verdicts): JsonObject {
  const guards: JsonObject = {};
  for (const { guard, ran, skipped, failed, findings, more } of verdicts.guards) {
    guards[guard] =
      skipped.length === 0 && failed.length === 0 && findings.length === 0
        ? { ran }
        : {
            ran,
            ...(skipped.length > 0 && { skipped }),
            ...(failed.length > 0 && { failed }),
            ...(findings.length > 0 && { findings: findings.map((finding) => ({ ...finding })) }),
            ...(more > 0 && { more }),
          };
  }
  const { outcome, texts, chars, notInspected, pseudonyms } = verdicts;
  return {
    outcome,
    texts,
    chars,
    guards,
    ...(Object.keys(notInspected).length > 0 && { not_inspected: notInspected }),
    ...(Object.keys(pseudonyms).length > 0 && { pseudonyms }),
  };
}

/** How a refusal is called in the closing entry. */
export function outcomeOf(refusal: Refusal, started: boolean): Outcome {
  if (refusal.code === 'review_pending') return 'blocked';
  if (refusal.code === 'prompt_blocked' || refusal.code === 'media_refused') return 'blocked';
  if (refusal.code === 'reply_blocked') return started ? 'cut' : 'blocked';
  if (refusal.code === 'guard_failed') return started ? 'cut' : 'blocked';
  if (refusal.status >= 500 || refusal.code === 'client_gone') return started ? 'cut' : 'failed';
  return started ? 'cut' : 'refused';
}
