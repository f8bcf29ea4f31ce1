import type { KeyObject } from 'node:crypto';
import { isObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Operation } from '../../dialects/dialect.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Action, Prompt } from '../../exchange/exchange.ts';
import { kindOf } from '../../policy/actions.ts';
import { decide, speaksOf } from '../../policy/decide.ts';
import type { Policy } from '../../policy/policy.ts';
import { type Judgement, recordedJudgement, rejudge, sameGuards } from '../../policy/rejudge.ts';
import { parseJson } from '../../wire/json.ts';
import type { House } from '../house.ts';
import { openDisguise, tenantKey } from '../inspect/disguise.ts';
import { inspectPrompt, inspectReply, openInspection } from '../inspect/inspect.ts';
import type { PastExchange } from './past.ts';
import type { Prediction, Why } from './tally.ts';

/** What was kept of an exchange, opened. */
export interface Texts {
  readonly prompt: string | undefined;
  readonly reply: string | undefined;
}

interface Bench {
  /** Built of the policy that is tried. */
  readonly house: House;
  readonly running: Policy;
  readonly digestKey: KeyObject;
  /** The policy of a hash, as entries name them; undefined where it is not known any more. */
  readonly policyOf: (hash: string) => Policy | undefined;
  /** Who it was, as they are now; undefined: they are gone. */
  readonly callerOf: (exchange: PastExchange) => Caller | undefined;
  /** The same quotas and budgets hold. */
  readonly sameLimits: boolean;
}

/** Codes of refusals before any guard has read the prompt. */
const QUOTA = /^quota_/;

/** Judges again what went through, by a policy that is tried. It changes nothing. */
export class PastJudge {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /**
   * What entries say is enough for; `content`: the texts are needed.
   * @param limited codes with which the running policy's limits and those tried would refuse it
   */
  byEntries(exchange: PastExchange, caller: Caller | undefined, limited: Limited): Prediction | 'content' {
    const authorized = this.#authorized(exchange, caller);
    if (authorized !== undefined) return authorized;
    const { code } = exchange;
    if (QUOTA.test(code)) {
      if (this.#bench.sameLimits || limited.tried !== undefined) return SAME;
      return unknown('not_read');
    }
    if (limited.tried !== undefined && limited.running === undefined)
      return { fate: 'newly_refused', by: limited.tried };
    return this.#guards(exchange, undefined);
  }

  /** The same with the texts that were kept. */
  async byContent(exchange: PastExchange, texts: Texts): Promise<Prediction> {
    const prompt = await this.#readPrompt(exchange, texts);
    if (prompt === undefined) return unknown('no_content');
    const tools = this.#tools(exchange, 'tool.declare', prompt.request.tools);
    if (tools !== undefined) return tools;
    const found = this.#guards(exchange, {
      prompt: prompt.judged,
      reply: await this.#readReply(exchange, texts, prompt),
    });
    return found === 'content' ? unknown('no_content') : found;
  }

  /** Undefined: it passes, as it did. */
  #authorized(exchange: PastExchange, caller: Caller | undefined): Prediction | undefined {
    const { house, running } = this.#bench;
    const action = actionOf(house, exchange.operation);
    // What nobody known sent, or to nowhere, no policy has decided on.
    if (exchange.caller === '' || action === undefined) return SAME;
    if (caller === undefined) return unknown('caller');
    const refused = exchange.code === 'forbidden';
    const spends = [house.policy, running].some(({ documents }) => documents?.mentionSpend === true);
    if (spends) return unknown('condition');
    const { came: now, peer, purpose, consent, subject } = exchange;
    const tags = { purpose, consent, subject };
    const query = {
      caller,
      action,
      resource: { kind: kindOf(action), id: exchange.model },
      circumstances: { now, peer, tags },
    } as const;
    const allowed = decide(house.policy, query).allowed;
    // Of what was refused, the entry may not name the model: it could be any text.
    if (exchange.model === '' && kindOf(action) === 'Model')
      return refused && !allowed ? SAME : refused ? unknown('not_read') : SAME;
    if (exchange.policy === running.hash && decide(running, query).allowed === refused)
      return refused && !allowed ? SAME : unknown(refused ? 'condition' : 'caller');
    if (!allowed) return goesThrough(exchange) ? { fate: 'newly_refused', by: 'forbidden' } : SAME;
    if (refused) return unknown('not_read');
    return this.#route(exchange, query.caller, query.circumstances);
  }

  /** Where it went, the policy may say something of: elsewhere it may have gone all the same. */
  #route(
    exchange: PastExchange,
    caller: Caller,
    circumstances: {
      now: number;
      peer: string;
      tags: { purpose: string | undefined; consent: readonly string[]; subject: string | undefined };
    },
  ): Prediction | undefined {
    const { policy } = this.#bench.house;
    if (exchange.upstream === '' || !speaksOf(policy, 'route.use')) return undefined;
    const resource = { kind: 'Route', id: exchange.upstream } as const;
    return decide(policy, { caller, action: 'route.use', resource, circumstances }).allowed
      ? undefined
      : unknown('condition');
  }

  #tools(
    exchange: PastExchange,
    action: 'tool.declare',
    names: readonly string[] = [],
  ): Prediction | undefined {
    const { house, callerOf } = this.#bench;
    const caller = callerOf(exchange);
    if (names.length === 0 || caller === undefined || !speaksOf(house.policy, action)) return undefined;
    const { came: now, peer, purpose, consent, subject } = exchange;
    const circumstances = { now, peer, tags: { purpose, consent, subject } };
    const denied = names.some(
      (id) =>
        !decide(house.policy, { caller, action, resource: { kind: 'Tool', id }, circumstances }).allowed,
    );
    if (!denied) return undefined;
    return goesThrough(exchange) ? { fate: 'newly_refused', by: action } : SAME;
  }

  /** What guards would come to, from the entries where `read` is undefined. */
  #guards(exchange: PastExchange, read: Read | undefined): Prediction | 'content' {
    const before = this.#bench.policyOf(exchange.policy)?.guards;
    const after = this.#bench.house.policy.guards;
    const was = {
      prompt: recordedJudgement(exchange.prompt, before, 'prompt'),
      reply: recordedJudgement(exchange.reply, before, 'reply'),
    };
    // No guard has read it: it is none of their business, or it was refused before.
    if (was.prompt === undefined) return SAME;
    const again = (direction: 'prompt' | 'reply'): Judgement | undefined => {
      const inspected = exchange[direction];
      if (before === undefined || !isObject(inspected)) return undefined;
      return sameGuards(before, after, direction)
        ? was[direction]
        : rejudge(inspected, before, after, direction);
    };
    const toolsSpokenOf = speaksOf(this.#bench.house.policy, 'tool.declare') && before !== after;
    const prompt = (toolsSpokenOf && read === undefined ? undefined : again('prompt')) ?? read?.prompt;
    if (prompt === undefined) return read === undefined ? 'content' : unknown('no_content');
    if (prompt.outcome !== 'passed' || was.prompt.outcome !== 'passed')
      return compare(was.prompt, prompt, was.prompt.outcome === 'passed' ? was.reply : undefined);
    const reads = after.some(({ on }) => on.reply);
    const reply = was.reply === undefined ? undefined : (again('reply') ?? read?.reply);
    if (was.reply !== undefined && reply === undefined && reads)
      return read === undefined ? 'content' : unknown('no_content');
    return worse(
      compare(was.prompt, prompt, undefined),
      was.reply && compare(was.reply, reply ?? was.reply, undefined),
    );
  }

  async #readPrompt(exchange: PastExchange, { prompt: text }: Texts): Promise<PromptRead | undefined> {
    const operation = this.#bench.house.routes.operation(exchange.operation);
    if (operation === undefined || text === undefined) return undefined;
    const before = recordedJudgement(
      exchange.prompt,
      this.#bench.policyOf(exchange.policy)?.guards,
      'prompt',
    );
    // What was masked is kept as it was then, and nobody has what it was before.
    const asItCame = exchange.kept.blocked || before?.masks.length === 0;
    let request: Prompt;
    try {
      request = operation.readPrompt(parseJson(Buffer.from(text), { maxDepth: 1000 }), exchange.model);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
    return {
      operation,
      request,
      judged: asItCame ? await this.#inspect(exchange, 'prompt', request) : undefined,
    };
  }

  async #readReply(
    exchange: PastExchange,
    { reply: text }: Texts,
    { operation, request }: PromptRead,
  ): Promise<Judgement | undefined> {
    const before = recordedJudgement(exchange.reply, this.#bench.policyOf(exchange.policy)?.guards, 'reply');
    // A stream is kept as it went over the wire: its texts are not read again.
    if (text === undefined || request.stream || before === undefined || before.masks.length > 0)
      return undefined;
    try {
      const reply = operation.readReply(parseJson(Buffer.from(text), { maxDepth: 1000 }), request);
      return await this.#inspect(exchange, 'reply', reply);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** By the very guards that would read it on the path. */
  async #inspect(exchange: PastExchange, direction: 'prompt', what: Prompt): Promise<Judgement>;
  async #inspect(
    exchange: PastExchange,
    direction: 'reply',
    what: Parameters<typeof inspectReply>[0],
  ): Promise<Judgement>;
  async #inspect(
    { team }: PastExchange,
    direction: 'prompt' | 'reply',
    what: Prompt & Parameters<typeof inspectReply>[0],
  ): Promise<Judgement> {
    const { house, digestKey } = this.#bench;
    const disguise = openDisguise({
      tenant: team,
      key: () => tenantKey(digestKey, team),
      texts: () => what.slots.map(({ text }) => text),
    });
    let held: string | undefined;
    const reviewed = {
      passes(guard: string) {
        held ??= guard;
        return false;
      },
    };
    const inspection = openInspection(house.watch, direction, disguise, undefined, reviewed);
    try {
      if (direction === 'prompt') await inspectPrompt(what, inspection);
      else await inspectReply(what, inspection);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    const { verdicts } = inspection.book;
    const inspected = { outcome: verdicts.outcome, guards: guardsIn(verdicts.guards) };
    const judged = recordedJudgement(inspected, house.policy.guards, direction);
    return judged?.outcome === 'passed' && held !== undefined
      ? { ...judged, outcome: 'held', guard: held }
      : (judged ?? { outcome: 'passed', masks: [], guard: undefined });
  }
}

export interface Limited {
  readonly running: string | undefined;
  readonly tried: string | undefined;
}

interface Read {
  readonly prompt: Judgement | undefined;
  readonly reply: Judgement | undefined;
}

interface PromptRead {
  readonly operation: Operation;
  readonly request: Prompt;
  /** Undefined where it is not kept as it came. */
  readonly judged: Judgement | undefined;
}

const SAME: Prediction = { fate: 'same' };
const unknown = (why: Why): Prediction => ({ fate: 'unknown', why });

const goesThrough = ({ outcome, code }: PastExchange): boolean =>
  outcome === 'completed' || outcome === 'cut' || outcome === 'failed' || code === 'review_pending';

/** Predictions are asked for by the actions of their own path. */
const actionOf = (house: House, operation: string): Action | undefined =>
  house.routes.operation(operation)?.action ?? (operation === 'predict' ? 'predict' : undefined);

const guardsIn = (
  guards: readonly {
    readonly guard: string;
    readonly failed: readonly string[];
    readonly findings: readonly object[];
  }[],
) =>
  Object.fromEntries(
    guards.map(({ guard, failed, findings }) => [
      guard,
      {
        ...(failed.length > 0 && { failed: [...failed] }),
        findings: findings.map((finding) => ({ ...finding })),
      },
    ]),
  );

/** @param later what followed where the first let it through */
function compare(was: Judgement, is: Judgement, later: Judgement | undefined): Prediction {
  const by = is.guard === undefined ? {} : { by: is.guard };
  const blocked = was.outcome === 'blocked' || later?.outcome === 'blocked';
  if (is.outcome === 'blocked') return blocked ? SAME : { fate: 'newly_refused', ...by };
  if (is.outcome === 'held') return was.outcome === 'held' ? SAME : { fate: 'newly_held', ...by };
  if (was.outcome !== 'passed')
    return { fate: 'newly_allowed', ...(was.guard !== undefined && { by: was.guard }) };
  const changed = [...new Set([...was.masks, ...is.masks])].find(
    (name) => was.masks.includes(name) !== is.masks.includes(name),
  );
  return changed === undefined ? SAME : { fate: 'masked_differently', by: changed };
}

const RANK = [
  'same',
  'unknown',
  'masked_differently',
  'newly_allowed',
  'newly_held',
  'newly_refused',
] as const;

const worse = (one: Prediction, other: Prediction | undefined): Prediction =>
  other !== undefined && RANK.indexOf(other.fate) > RANK.indexOf(one.fate) ? other : one;
