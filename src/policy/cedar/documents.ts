import type { CedarValueJson, Context, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Caller } from '../../exchange/caller.ts';
import type { Action } from '../../exchange/exchange.ts';
import type { Circumstances, Query } from '../query.ts';
import type { Engine } from './engine.ts';
import { actionEntities, callerEntity, resourceEntities } from './entities.ts';
import { ipText } from './ip.ts';
import { clockOf, MINUTE } from './moment.ts';
import { type DocumentRule, type Mentions, mentionsOf } from './rule.ts';

/** What the documents say of a request. */
export interface Matched {
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
  /** Rules that could not be evaluated. */
  readonly failed: readonly string[];
}

const NOTHING: Matched = { permits: [], forbids: [], failed: [] };

/** Decisions remembered in all, and the length of the longest question that is: bounds on memory. */
const REMEMBERED = 50_000;
const LONGEST = 2048;
/** Addresses of clients, as the engine takes them. */
const ADDRESSES = 1000;

/** A caller as the policies see them. */
interface Seen {
  readonly entity: EntityJson;
  /** The same as text: who looks the same is the same to every policy. */
  readonly look: string;
}

/** The circumstances of a request, as the engine takes them. */
interface Told {
  readonly context: Context;
  readonly text: string;
}

let sets = 0;
/** The engine keeps what it has parsed by name: a set that nobody asks any more is replaced by an empty one. */
const forgotten = new FinalizationRegistry(({ engine, name }: { engine: Engine; name: string }) => {
  engine.preparsePolicySet(name, { staticPolicies: {} });
});

/**
 * The Cedar documents of a policy, parsed once. What they say follows from the caller, the action, the resource, and
 * those circumstances that some policy mentions; so it is remembered by exactly these.
 */
export class Documents {
  readonly rules: readonly DocumentRule[];
  readonly zone: string;
  readonly mentions: Mentions;
  readonly engine: Engine;
  readonly #set = `policy ${++sets}`;
  readonly #local: ReturnType<typeof clockOf>;
  readonly #utc = clockOf('UTC');
  /** By object: who asks again is, as a rule, the same one, and a changed caller is another. */
  readonly #seen = new WeakMap<Caller, Seen>();
  /** By object: the circumstances of a request are those of all decisions about it. */
  readonly #told = new WeakMap<Circumstances, Told>();
  readonly #addresses = new Map<string, string>();
  readonly #decided = new Map<string, Matched>();
  readonly #spokenOf: ReadonlySet<Action>;

  constructor(engine: Engine, rules: readonly DocumentRule[], zone: string) {
    this.engine = engine;
    this.rules = rules;
    this.zone = zone;
    this.mentions = mentionsOf(rules.map(({ json }) => json));
    this.#local = clockOf(zone);
    this.#spokenOf = new Set(rules.flatMap(({ actions }) => [...actions]));
    // As text: in JSON, numbers beyond 2^53 would be others.
    const staticPolicies = Object.fromEntries(rules.map(({ id, text }) => [id, text]));
    const parsed = this.engine.preparsePolicySet(this.#set, { staticPolicies });
    if (parsed.type === 'failure') throw new TypeError('policies that were read cannot be parsed');
    forgotten.register(this, { engine, name: this.#set });
  }

  /** Some policy looks at what the caller has used. */
  get mentionSpend(): boolean {
    return this.#mention('spend');
  }

  match(query: Query): Matched {
    const { caller, action, resource, circumstances } = query;
    if (!this.#spokenOf.has(action)) return NOTHING;
    try {
      const { context, text } = this.#tell(circumstances);
      const { entity, look } = this.#see(caller);
      const key = look + JSON.stringify([action, resource]) + text;
      const remembered = this.#decided.get(key);
      if (remembered !== undefined) return remembered;
      const matched = this.#evaluate(entity, query, context);
      if (key.length <= LONGEST) {
        if (this.#decided.size >= REMEMBERED) this.#decided.clear();
        this.#decided.set(key, matched);
      }
      return matched;
    } catch {
      // An address that is none; a name that is no UTF-8, which is all that the engine takes.
      return CANNOT;
    }
  }

  #see(caller: Caller): Seen {
    let seen = this.#seen.get(caller);
    if (seen === undefined) {
      const entity = callerEntity(caller, this.mentions);
      seen = { entity, look: JSON.stringify(entity) };
      this.#seen.set(caller, seen);
    }
    return seen;
  }

  #tell(circumstances: Circumstances): Told {
    let told = this.#told.get(circumstances);
    if (told === undefined) {
      const context = this.contextOf(circumstances);
      told = { context, text: JSON.stringify(context) };
      this.#told.set(circumstances, told);
    }
    return told;
  }

  /** Connections are few beside requests, and each has one address. */
  #address(peer: string): string {
    let text = this.#addresses.get(peer);
    if (text === undefined) {
      text = ipText(peer);
      if (this.#addresses.size >= ADDRESSES) this.#addresses.clear();
      this.#addresses.set(peer, text);
    }
    return text;
  }

  #evaluate(principal: EntityJson, { action, resource, caller }: Query, context: Context): Matched {
    const answer = this.engine.statefulIsAuthorized({
      principal: { type: 'Caller', id: caller.id },
      action: { type: 'Action', id: action },
      resource: { type: resource.kind, id: resource.id },
      context,
      preparsedPolicySetId: this.#set,
      entities: [
        principal,
        ...actionEntities(action, this.mentions),
        ...resourceEntities(resource, this.mentions),
      ],
    });
    if (answer.type === 'failure') return CANNOT;
    const { decision, diagnostics } = answer.response;
    const reason = diagnostics.reason.toSorted();
    return {
      permits: decision === 'allow' ? reason : [],
      forbids: decision === 'deny' ? reason : [],
      failed: diagnostics.errors.map(({ policyId }) => policyId),
    };
  }

  /** The circumstances that some policy mentions, as the engine takes them. */
  contextOf({ now, peer, tags, spend }: Circumstances): Context {
    const context: Record<string, CedarValueJson> = {};
    if (this.#mention('now')) {
      const minute = Math.floor(now / MINUTE) * MINUTE;
      context.now = { __extn: { fn: 'datetime', arg: new Date(minute).toISOString() } };
    }
    if (this.#mention('utc')) context.utc = { ...this.#utc(now) };
    if (this.#mention('local')) context.local = { ...this.#local(now) };
    if (this.#mention('peer')) context.peer = { __extn: { fn: 'ip', arg: this.#address(peer) } };
    if (this.#mention('purpose') && tags.purpose !== undefined) context.purpose = tags.purpose;
    if (this.#mention('consent')) context.consent = [...tags.consent].sort();
    if (this.#mention('subject')) context.subject = tags.subject !== undefined;
    if (this.#mention('spend') && spend !== undefined) context.spend = { ...spend };
    return context;
  }

  #mention(attribute: string): boolean {
    return this.mentions.wholeContext || this.mentions.attributes.has(attribute);
  }
}

const CANNOT: Matched = { permits: [], forbids: [], failed: ['the request'] };
