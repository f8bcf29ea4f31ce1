import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Entry } from '../../src/audit/entry.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { Detector } from '../../src/detect/detector.ts';
import { readRules } from '../../src/detect/rule-set.ts';
import { shippedRules } from '../../src/gateway/watch/rules.ts';
import { machine } from '../harness/machine.ts';
import { quantile } from '../harness/stats.ts';
import { figure, table } from '../harness/table.ts';

export const HELP = `npm run bench -- detect

What the detections that ship cost: microseconds of CPU an entry with all rules, what saving after each batch adds, and memory, by how many callers there are.
Entries are those of requests, two for each, over two days of their own time; one in fifty has a finding.
`;

const DAYS = 2;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const BATCH = 2000;
const ROUNDS = 60;
const CALLERS = [10, 1000, 10_000];
const BEGIN = Date.parse('2026-01-05T00:00:00Z');

/** Requests of callers in turn, evenly over the time. */
function* requests(callers: number, total: number): Generator<Entry> {
  const step = (DAYS * 86_400_000) / total;
  for (let i = 0; i < total; i += 1) {
    const time = new Date(BEGIN + i * step).toISOString();
    const number = i % callers;
    const caller = {
      id: `clr_${number}`,
      name: `caller ${number}`,
      team: 'team',
      credential: `key_${number}`,
    };
    const peer = `203.0.${number % 256}.9`;
    const findings =
      i % 50 === 0 ? [{ reason: 'injection.jailbreak', path: '', start: 0, end: 9, action: 'flag' }] : [];
    const guards = { injection: { ran: 1, ...(findings.length > 0 && { findings }) }, secrets: { ran: 1 } };
    const inspected = { outcome: 'passed', texts: 1, chars: 200, guards };
    const id = `req_${i}`;
    yield entryOf(2 * i, time, 'request.begin', {
      id,
      caller,
      peer,
      model: 'm',
      operation: 'openai.chat',
      inspected,
    });
    yield entryOf(2 * i + 1, time, 'request.end', {
      id,
      begin: 2 * i,
      operation: 'openai.chat',
      caller,
      model: 'm',
      outcome: 'completed',
      status: 200,
      charge: { input: 200, output: 100, cost: '0.0021' },
      ms: 812.5,
      inspected,
    });
  }
}

function entryOf(seq: number, time: string, kind: string, fields: JsonObject): Entry {
  return { seq, time, prev: '', kind, fields: { v: 1, seq, time, prev: '', kind, ...fields } };
}

function* batches(entries: Generator<Entry>): Generator<Entry[]> {
  for (let batch: Entry[] = []; ; batch = []) {
    for (let i = 0; i < BATCH; i += 1) {
      const next = entries.next();
      if (next.done === true) return;
      batch.push(next.value);
    }
    yield batch;
  }
}

function measure(callers: number) {
  const { rules } = readRules(shippedRules(), { disable: [], change: {} });
  const detector = new Detector(rules);
  collect();
  const atFirst = process.memoryUsage().heapUsed;
  const costs: number[] = [];
  const saves: number[] = [];
  for (const batch of batches(requests(callers, (BATCH * ROUNDS) / 2 + 1))) {
    const start = process.cpuUsage();
    detector.take(batch);
    const taken = process.cpuUsage(start);
    const before = process.cpuUsage();
    detector.changes();
    const saved = process.cpuUsage(before);
    costs.push((taken.user + taken.system) / batch.length);
    saves.push((saved.user + saved.system) / batch.length);
  }
  collect();
  const memory = (process.memoryUsage().heapUsed - atFirst) / 1024 / 1024;
  return { rules: rules.length, groups: detector.groups, costs, saves, memory };
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

export async function run(): Promise<number> {
  const rows = CALLERS.map((callers) => {
    const { groups, costs, saves, memory } = measure(callers);
    return [
      callers.toLocaleString('en'),
      groups.toLocaleString('en'),
      figure(quantile(costs, 0.5)),
      figure(sum(costs) / costs.length),
      figure(sum(saves) / saves.length),
      figure(memory),
    ];
  });
  process.stdout.write(`${JSON.stringify(machine())}\n\n`);
  const head = ['callers', 'groups', 'µs an entry, p50', 'mean', 'to save', 'MB'];
  process.stdout.write(`${table(head, rows)}\n`);
  return 0;
}
