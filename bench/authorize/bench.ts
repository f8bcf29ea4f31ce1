import type { Caller } from '../../src/exchange/caller.ts';
import { NO_TAGS } from '../../src/exchange/tags.ts';
import { cedar } from '../../src/lifecycle/cedar.ts';
import { decide } from '../../src/policy/decide.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { machine } from '../harness/machine.ts';
import { quantile } from '../harness/stats.ts';
import { figure, table } from '../harness/table.ts';

export const HELP = `npm run bench -- authorize

What one decision costs, in microseconds: cold (a caller, a model or circumstances not seen before) and warm. The limit
is 50 µs at the median.
`;

const LIMIT = 50;
const ROUNDS = 4000;

const ROLES = `version: 1
roles:
  app: { allow: [{ actions: [chat, embed, models.list], models: ["gpt-*"] }], deny: [{ actions: [chat], models: ["*-preview"] }] }
  admin: { allow: [{ actions: ["callers.*", policy.read] }] }
`;

/** As a company might have them: purposes, office hours, networks, teams. */
const CONDITIONS = `
@id("purpose") forbid (principal, action in Action::"use", resource)
  unless { context has purpose && principal.purposes.contains(context.purpose) };
@id("office") forbid (principal in Role::"admin", action in Action::"admin", resource)
  unless { context.peer.isInRange(ip("10.0.0.0/8")) };
@id("hours") forbid (principal in Team::"interns", action in Action::"use", resource)
  unless { context.local.hour >= 8 && context.local.hour < 18 };
`;

const manyTeams = Array.from(
  { length: 20 },
  (_, i) => `@id("team-${i}") permit (principal in Team::"team-${i}", action in Action::"use", resource)
  when { resource.name like "claude-${i}*" && principal.hasTag("env") && principal.getTag("env") == "prod" };`,
).join('\n');

const POLICIES: Readonly<Record<string, string>> = {
  'roles alone': '',
  'roles and 3 documents': CONDITIONS,
  'roles and 23 documents': CONDITIONS + manyTeams,
  'spend (never remembered)': `${CONDITIONS}@id("spend") forbid (principal, action == Action::"chat", resource)
  when { context.spend.tokens_today > 1000000 };`,
};

const read = (documents: string): Policy =>
  parsePolicy(
    documents === '' ? ROLES : `${ROLES}authorization: { files: [rules.cedar], time_zone: Europe/Berlin }\n`,
    {
      kinds: new Map(),
      file: 'policy.yaml',
      readFile: () => documents,
      cedar,
    },
  );

const someone = (): Caller => ({
  id: 'clr_59bc796d442b6f5a03',
  name: 'shop-bot',
  owner: 'ann@example.com',
  team: 'web',
  roles: ['app'],
  tags: { purpose: 'support,analytics', env: 'prod' },
  credential: 'uLQPwHbbyw',
});

let tokens = 0;
const ask = (policy: Policy, caller: Caller, model: string) =>
  decide(policy, {
    caller,
    action: 'chat',
    resource: { kind: 'Model', id: model },
    circumstances: {
      now: Date.now(),
      peer: '10.1.2.3',
      tags: { ...NO_TAGS, purpose: 'support' },
      spend: { tokens_today: ++tokens, tokens_this_month: 7, cents_today: 1, cents_this_month: 1 },
    },
  }).allowed;

/** Microseconds of each call. */
function time(call: (round: number) => boolean): number[] {
  const each: number[] = [];
  for (let round = -ROUNDS / 4; round < ROUNDS; round++) {
    const started = performance.now();
    if (!call(round)) throw new Error('the decision is not the one expected');
    if (round >= 0) each.push((performance.now() - started) * 1000);
  }
  return each;
}

export async function run(): Promise<number> {
  let worst = 0;
  const rows = Object.entries(POLICIES).map(([name, documents]) => {
    const policy = read(documents);
    const cold = time((round) => ask(policy, someone(), `gpt-${round}`));
    const caller = someone();
    const warm = time(() => ask(policy, caller, 'gpt-4o'));
    worst = Math.max(worst, quantile(warm, 0.5));
    const shown = [cold, warm].flatMap((values) => [quantile(values, 0.5), quantile(values, 0.99)]);
    return [name, ...shown.map(figure)];
  });
  process.stdout.write(`${JSON.stringify(machine())}\n\nµs a decision\n\n`);
  process.stdout.write(`${table(['policy', 'cold p50', 'cold p99', 'warm p50', 'warm p99'], rows)}\n`);
  return worst <= LIMIT ? 0 : 1;
}
