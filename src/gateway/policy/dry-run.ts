import { setImmediate, setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import type { Caller } from '../../exchange/caller.ts';
import { comparePolicies } from '../../policy/compare.ts';
import type { Policy } from '../../policy/policy.ts';
import { closeUpstreams, type Gate } from '../house.ts';
import { nameOf } from '../log.ts';
import { PastJudge, type Texts } from './judge-past.ts';
import { LimitsAgain } from './limits-again.ts';
import { beganIn, MOST, type PastExchange, pastExchanges } from './past.ts';
import type { DryRunAsked, Run } from './runs.ts';
import { type Prediction, Tally, type Why } from './tally.ts';

/** Exchanges of which the texts are read, and those and bytes of one batch. */
const MOST_READ = 2000;
const BATCH = 100;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Begins to judge again what went through in a while. It runs between requests and is idle half of the time in which it reads texts, so
 * that what is served meanwhile is not held up. Throws `conflict` where one is running.
 */
export const startDryRun = (gate: Gate, asked: DryRunAsked): JsonObject =>
  gate.dryRuns.start(asked, async (run, signal) => {
    try {
      return await dryRun(gate, run, signal);
    } catch (error) {
      gate.log('error', 'a dry run of a policy failed', { error: nameOf(error) });
      throw error;
    }
  });

async function dryRun(gate: Gate, run: Run, signal: AbortSignal): Promise<JsonObject> {
  const { policy, since, until } = run.asked;
  const house = gate.drafts.build(policy);
  const running = gate.house.policy;
  const limits = { running: new LimitsAgain(running), tried: new LimitsAgain(house.policy) };
  const tally = new Tally();
  try {
    await house.opinions.ready();
    const { began, cut } = await beganIn(gate, since, until);
    Object.assign(run, { total: began.length, cut });
    const sameLimits = !comparePolicies(running, house.policy).some(
      ({ section }) => section === 'quotas' || section === 'budgets',
    );
    const callers = knownCallers(gate);
    const judge = new PastJudge({
      house,
      running,
      digestKey: gate.digestKey,
      policyOf: policiesOf(gate),
      callerOf: callers,
      sameLimits,
    });
    const waiting: PastExchange[] = [];
    const add = (exchange: PastExchange, prediction: Prediction) => {
      const { id, came: time, name, model, code, outcome } = exchange;
      tally.add({ id, time, caller: name, model, was: code || outcome }, prediction);
      run.done += 1;
    };
    for await (const exchange of pastExchanges(gate, began)) {
      if (signal.aborted) break;
      const caller = callers(exchange);
      const counted =
        caller !== undefined &&
        !sameLimits &&
        (exchange.reserved !== undefined || /^quota_/.test(exchange.code));
      const limited = {
        running: counted ? limits.running.take(exchange, caller) : undefined,
        tried: counted ? limits.tried.take(exchange, caller) : undefined,
      };
      const found = judge.byEntries(exchange, caller, limited);
      if (found !== 'content') add(exchange, found);
      else {
        const why = whyUnread(exchange, run, waiting.length);
        if (why === undefined) waiting.push(exchange);
        else add(exchange, { fate: 'unknown', why });
      }
      // The ledger is read in large pieces: others want to be served between.
      if (run.done % 50 === 0) await setImmediate();
    }
    await readThem(gate, run, waiting, judge, add, signal);
    return tally.toJson();
  } finally {
    limits.running.close();
    limits.tried.close();
    closeUpstreams(house);
  }
}

function whyUnread({ kept, team }: PastExchange, { asked }: Run, waiting: number): Why | undefined {
  if (!kept.prompt && !kept.blocked) return 'no_content';
  if (!asked.content(team)) return 'not_unsealed';
  return waiting >= MOST_READ ? 'too_many' : undefined;
}

/** Opens what was kept, batch by batch; that it is read is in the ledger before it is. */
async function readThem(
  gate: Gate,
  run: Run,
  waiting: readonly PastExchange[],
  judge: PastJudge,
  add: (exchange: PastExchange, prediction: Prediction) => void,
  signal: AbortSignal,
): Promise<void> {
  const { vault, ledger } = gate;
  if (waiting.length === 0 || signal.aborted) return;
  if (vault === undefined) {
    for (const exchange of waiting) add(exchange, { fate: 'unknown', why: 'not_unsealed' });
    return;
  }
  const { id, asked } = run;
  await ledger.append({
    kind: 'content.read_for_dry_run',
    run: id,
    person: asked.person,
    policy: asked.policy.hash,
    since: new Date(asked.since).toISOString(),
    until: new Date(asked.until).toISOString(),
    requests: waiting.length,
  });
  for (const batch of batches(waiting)) {
    const found = await vault.readAll(new Map(batch.map((exchange) => [exchange.id, exchange.came])));
    const texts = Map.groupBy(found, ({ head }) => head.request);
    for (const exchange of batch) {
      if (signal.aborted) return;
      const began = performance.now();
      const mine = texts.get(exchange.id) ?? [];
      const of = (kind: string) => mine.find(({ head }) => head.kind === kind)?.text;
      const kept: Texts = { prompt: of('blocked') ?? of('prompt'), reply: of('reply') };
      run.read += 1;
      add(
        exchange,
        kept.prompt === undefined
          ? { fate: 'unknown', why: 'not_unsealed' }
          : await judge.byContent(exchange, kept),
      );
      // As long idle as at work.
      await setTimeout(Math.min(1000, performance.now() - began));
    }
  }
}

function* batches(exchanges: readonly PastExchange[]): Generator<PastExchange[]> {
  let [batch, bytes]: [PastExchange[], number] = [[], 0];
  for (const exchange of exchanges) {
    if (batch.length === BATCH || (batch.length > 0 && bytes + exchange.bytes > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(exchange);
    bytes += exchange.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** Callers as they are now, each looked up once. Of who was vouched for by an issuer, the store has no roles. */
function knownCallers({ store }: Gate): (exchange: PastExchange) => Caller | undefined {
  const known = new Map<string, Caller | undefined>();
  return ({ caller: id }) => {
    if (!known.has(id) && known.size < MOST) known.set(id, lookUp());
    return known.get(id);
    function lookUp(): Caller | undefined {
      try {
        const { name, owner, team, roles, tags } = store.callers.get(id);
        return { id, name, owner, team, roles, tags, credential: '' };
      } catch {
        return undefined;
      }
    }
  };
}

/** The policies that decided, by the hashes that entries have. */
function policiesOf({ house, drafts, store }: Gate): (hash: string) => Policy | undefined {
  const known = new Map<string, Policy | undefined>([[house.policy.hash, house.policy]]);
  return (hash) => {
    if (!known.has(hash)) known.set(hash, read(hash));
    return known.get(hash);
  };
  function read(hash: string): Policy | undefined {
    const version = store.policies.byHash(hash);
    if (version?.kept !== true) return undefined;
    try {
      const { text, files } = store.policies.source(version.number);
      return drafts.read(text, files);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }
}
