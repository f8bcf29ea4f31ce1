import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import type { Ask, DialectName, Way } from './fault.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { BUDGET, FaultyGuards } from './faulty-guard.ts';
import { PROMPT } from './secrets.ts';
import { says } from './upstream-scripts.ts';

/** Tokens that a request asks for at most: reserved, and charged where nobody reports any. */
export const MAX_TOKENS = 1000;

/** Bounds small enough to be met. One request at a time: a place that is not given back stops the next. */
const POLICY = `assume_output: ${MAX_TOKENS}
quotas:
  - { per: team, requests: 100000/day, tokens: 100M/day, concurrency: 1 }
guards:
  - { use: secrets, action: { prompt: block, reply: mask }, budget: 20s }
  - { use: faulty, name: strict, on_error: block, budget: ${BUDGET}ms }
  - { use: faulty, name: lenient, on_error: allow, budget: ${BUDGET}ms }
`;
const SETTINGS = `limits: { body: 64KB, reply: 16MB, event: 16KB, header_time: 300ms, body_time: 300ms, client_idle: 300ms }
`;
const upstreamsAt = (url: string, patience: number) => {
  const at = (dialect: DialectName, where: string, model: string) =>
    `  ${dialect}-${model}: { dialect: ${dialect}, url: "${where}", key: upstream-key, timeouts: { first_byte: ${patience}ms, idle: ${patience}ms }, models: [${dialect}-${model}] }`;
  // Nobody listens on the discard port.
  const nowhere = 'http://127.0.0.1:9';
  return [
    at('openai', `${url}/v1`, 'm'),
    at('anthropic', url, 'm'),
    at('openai', `${nowhere}/v1`, 'nobody'),
    at('anthropic', nowhere, 'nobody'),
  ].join('\n');
};

/** Models of two targets; no breaker, so that no fault is spared to the next row. */
function routes(): string {
  const route = (dialect: DialectName, name: string, first: string) =>
    `  ${dialect}-${name}: { targets: [{ upstream: ${dialect}-${first} }, { upstream: ${dialect}-m, model: second, priority: 2 }], backoff: 1ms, breaker: false }`;
  const both = (dialect: DialectName) => [route(dialect, 'spare', 'nobody'), route(dialect, 'pair', 'm')];
  return ['routes:', ...both('openai'), ...both('anthropic'), ''].join('\n');
}

/** What quotas have left, as the answer to a request says. */
export interface Left {
  readonly requests: number;
  readonly tokens: number;
}

/** A real gateway in which everything around the data path can be broken, and made whole again. */
export class Scene {
  readonly disk: FaultyDisk;
  readonly guards: FaultyGuards;
  readonly upstream: ScriptedUpstream;
  readonly gateway: TestGateway;
  /** Everything that clients were told: none of it may be what they must not see. */
  readonly told: string[] = [];
  #mends: (() => void)[] = [];

  private constructor(
    disk: FaultyDisk,
    guards: FaultyGuards,
    upstream: ScriptedUpstream,
    gateway: TestGateway,
  ) {
    this.disk = disk;
    this.guards = guards;
    this.upstream = upstream;
    this.gateway = gateway;
  }

  /** @param patience milliseconds that the gateway waits for a model server */
  static async open(patience = 200): Promise<Scene> {
    const disk = new FaultyDisk();
    const guards = new FaultyGuards();
    const upstream = await startUpstream(says('Hello'));
    const gateway = await startGateway({
      upstream: upstream.url,
      upstreams: upstreamsAt(upstream.url, patience),
      policy: POLICY,
      settings: SETTINGS + routes(),
      kinds: [guards.kind],
      ledger: { disk, recoverAfter: 20, checkpointAfter: 20 },
      replace: (options) => ({
        ...options,
        clock: { now: systemClock.now, tick: () => systemClock.tick() + guards.leapt },
      }),
    });
    return new Scene(disk, guards, upstream, gateway);
  }

  get gate() {
    return this.gateway.gateway.gate;
  }

  /** Puts something broken in the place of a method, until {@link mend}. */
  breaks<Part extends object, Name extends keyof Part>(part: Part, name: Name, broken: Part[Name]): void {
    const whole = part[name];
    part[name] = broken;
    this.#mends.push(() => {
      part[name] = whole;
    });
  }

  /** Everything works again. */
  async mend(): Promise<void> {
    for (const mend of this.#mends.splice(0)) mend();
    this.disk.fault = undefined;
    this.guards.mend();
    this.upstream.script = says('Hello');
    await until('the ledger is open again', () => this.gate.ledger.state === 'open');
  }

  /** Every request that came is over, to its last entry. */
  idle(): Promise<void> {
    return until('no request is at work', () => this.gate.open === 0);
  }

  /** A request that meets no fault: it is served, and says what the quotas have left. */
  async probe(): Promise<Left> {
    const ask = askOf('openai', 'plain');
    const answer = await this.gateway.post(ask.path, ask.body, ask.headers);
    assert.equal(answer.status, 200, `the gateway serves again: ${await answer.text()}`);
    await this.idle();
    const remaining = (what: string) => Number(answer.headers.get(`x-ratelimit-remaining-${what}`));
    return { requests: remaining('requests'), tokens: remaining('tokens') };
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.upstream.close();
  }
}

export function askOf(dialect: DialectName, way: Way): Ask {
  return {
    dialect,
    way,
    path: dialect === 'openai' ? '/v1/chat/completions' : '/v1/messages',
    headers: dialect === 'openai' ? {} : { 'anthropic-version': '2023-06-01' },
    body: {
      model: `${dialect}-m`,
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: PROMPT }],
      ...(way === 'stream' && { stream: true }),
    },
  };
}

/** Waits for something that must come, however slow the machine is. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    assert.ok(waited < 20_000, `waited in vain: ${what}`);
    await pause(5);
  }
}
