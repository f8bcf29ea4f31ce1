import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dollarsOf, nanoDollars } from '../../src/base/money.ts';
import { ownerOf } from '../../src/policy/scope.ts';
import type { Entry, Matched, Spent, Told } from './check-ledger.ts';
import type { Found } from './findings.ts';
import { run } from './processes.ts';
import type { Scene } from './scene.ts';
import { PRICES } from './settings.ts';
import { usageOf } from './texts.ts';

export interface Sums {
  requests: number;
  tokens: number;
  /** Nano-dollars. */
  cost: bigint;
}

/** Micro-dollars for a million tokens. */
const rate = (dollars: string): bigint => BigInt(Math.round(Number(dollars) * 1_000_000));

/** What tokens cost, worked out once more: rounded up once, to a billionth of a dollar. */
function priceOf(model: keyof typeof PRICES, { input, output }: Spent): bigint {
  const exact = BigInt(input) * rate(PRICES[model].input) + BigInt(output) * rate(PRICES[model].output);
  return (exact + 999n) / 1000n;
}

/** Whose the counter of a key is, in the gateway's own words. */
const keyOf = (credential: string, id: string): string =>
  ownerOf('key', { id, name: '', owner: '', team: '', roles: [], tags: {}, credential }, '');

/** Whose counters a request goes into, with the measures that are counted there. */
function countersOf({ caller, model = '' }: Entry): [string, 'requests' | 'tokens' | 'cost'][] {
  if (caller === undefined) return [];
  const { id, team, credential } = caller;
  const poor: [string, 'cost'][] =
    team === 'poor' ? [[`dollars a month, team teams=poor: ${team}`, 'cost']] : [];
  return [
    [`requests a day, caller: ${id}`, 'requests'],
    [`tokens a day, caller: ${id}`, 'tokens'],
    [`tokens a day, team: ${team}`, 'tokens'],
    [`dollars a month, key: ${keyOf(credential, id)}`, 'cost'],
    [`dollars a month, caller: ${id}`, 'cost'],
    [`dollars a month, team: ${team}`, 'cost'],
    ['dollars a month, organisation: ', 'cost'],
    [`dollars a month, model: ${model}`, 'cost'],
    ...poor,
    [`authorization: tokens of the day, caller: ${id}`, 'tokens'],
    [`authorization: tokens of the month, caller: ${id}`, 'tokens'],
    [`authorization: dollars of the day, caller: ${id}`, 'cost'],
    [`authorization: dollars of the month, caller: ${id}`, 'cost'],
  ];
}

/** Adds up the ledger, and holds against it the counters, the reports, and each request's own price. */
export async function checkSums(
  scene: Scene,
  told: ReadonlyMap<string, Told>,
  matched: readonly Matched[],
  found: Found,
): Promise<Sums> {
  const total: Sums = { requests: 0, tokens: 0, cost: 0n };
  const counters = new Map<string, bigint>();
  for (const [id, { begin, end }] of told) {
    const spent = end?.lost === undefined ? end?.charge : begin?.reserved;
    if (spent === undefined || spent === null) continue;
    checkPrice(id, { ...begin, ...end } as Entry, spent, found);
    const one = {
      requests: 1,
      tokens: spent.input + spent.output,
      cost: nanoDollars(spent.cost ?? '') ?? 0n,
    };
    const entry = begin ?? end;
    if (entry === undefined) continue;
    total.requests += one.requests;
    total.tokens += one.tokens;
    total.cost += one.cost;
    for (const [name, measure] of countersOf(entry))
      counters.set(name, (counters.get(name) ?? 0n) + BigInt(one[measure]));
  }
  for (const { asked, told: one } of matched) checkTokens(asked.id, one.end, found);
  checkCounters(scene, counters, found);
  await checkReport(scene, total, found);
  return total;
}

function checkPrice(id: string, { as, lost, attempts }: Entry, spent: Spent, found: Found): void {
  // What was set aside is at the dearest price that it might have had.
  if (lost !== undefined || as === undefined) return;
  // Where nobody answered, it is the price of one of those who may have been at work.
  const answered = attempts === undefined || attempts.at(-1)?.outcome === 'answered';
  const models = (answered ? [as] : Object.keys(PRICES)) as (keyof typeof PRICES)[];
  const free = spent.input + spent.output === 0;
  const right = models.map((model) => (free ? 0n : priceOf(model, spent)));
  if (!right.includes(nanoDollars(spent.cost ?? '') ?? -1n))
    found(
      'a cost is not what its tokens cost',
      `${id}: ${spent.cost}, not ${right.map(dollarsOf).join(' or ')}`,
    );
}

/** What was charged is what the model server said, where it said it to the end. */
function checkTokens(question: string, { id, outcome, charge, cache }: Entry, found: Found): void {
  if (outcome !== 'completed') return;
  const right = cache === 'hit' ? { input: 0, output: 0 } : usageOf(question);
  if (charge?.input !== right.input || charge.output !== right.output)
    found(
      'not what the model server reported is charged',
      `${id}: ${JSON.stringify(charge)}, not ${JSON.stringify(right)}`,
    );
}

/** Exactly the same, however many workers were killed. */
function checkCounters(scene: Scene, expected: ReadonlyMap<string, bigint>, found: Found): void {
  const database = new DatabaseSync(join(scene.data, 'gatehouse.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT name, used FROM counters').all() as { name: string; used: number }[];
  database.close();
  const used = new Map(rows.map(({ name, used }) => [name, used]));
  for (const name of new Set([...expected.keys(), ...used.keys()])) {
    if (name.startsWith('requests a minute,')) continue;
    const [is, right] = [BigInt(used.get(name) ?? 0), expected.get(name) ?? 0n];
    if (is !== right) found('a counter is not what the ledger adds up to', `${name}: ${is}, not ${right}`);
  }
}

/** `gatehouse usage` must say the same, to the last digit, however it is sorted. */
async function checkReport(scene: Scene, total: Sums, found: Found): Promise<void> {
  for (const by of ['caller', 'team,model', 'key,upstream']) {
    const { out } = await run(scene.folder, ['usage', '--data', scene.data, '--by', by, '--json']);
    const report = JSON.parse(out) as { rows: Row[]; total: Row; open: number };
    const rows = report.rows.reduce((sum, row) => sum + (nanoDollars(row.cost) ?? 0n), 0n);
    const { requests, input, output, cost } = report.total;
    const same =
      requests === total.requests &&
      input + output === total.tokens &&
      cost === dollarsOf(total.cost) &&
      rows === total.cost &&
      report.open === 0;
    if (!same)
      found('the report does not say what the ledger adds up to', `${by}: ${JSON.stringify(report.total)}`);
  }
}

interface Row {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cost: string;
}
