import { Random } from '../../src/attacks/random.ts';
import { calibrate, type Sample } from '../../src/monitors/calibrate.ts';
import type { Calibration } from '../../src/monitors/calibration.ts';
import { Secret } from '../../src/monitors/secret.ts';
import { type Alarm, Watch } from '../../src/monitors/watch.ts';
import { type Rows, rowAt } from './data.ts';
import type { Domain } from './domains.ts';
import type { Stream } from './streams.ts';

/** Rows with the model's answers. */
export interface Answered extends Rows {
  readonly scores: Float32Array;
  readonly classes: number;
}

const BATCH = 1000;

export async function answer({ victim }: Domain, data: Rows): Promise<Answered> {
  const { features, classes } = victim;
  const count = data.labels.length;
  const scores = new Float32Array(count * classes);
  for (let from = 0; from < count; from += BATCH)
    scores.set(
      await victim.scores(data.rows.slice(from * features, (from + BATCH) * features)),
      from * classes,
    );
  return { ...data, scores, classes };
}

const scoresAt = ({ scores, classes }: Answered, at: number) =>
  scores.subarray(at * classes, (at + 1) * classes);

export interface Prepared {
  readonly domain: Domain;
  readonly secret: Secret;
  readonly calibration: Calibration;
  readonly benign: Answered;
  readonly seconds: number;
}

export async function prepare(domain: Domain, seed: number): Promise<Prepared> {
  const secret = new Secret(Buffer.from(`the key of evaluation ${seed}`));
  const { features, rows, scores, classes } = await answer(domain, domain.calibration);
  const sample: Sample = { features, classes, rows, scores };
  const start = process.cpuUsage();
  const calibration = calibrate(sample, secret);
  return {
    domain,
    secret,
    calibration,
    benign: await answer(domain, domain.callers),
    seconds: cpu(start) / 1e6,
  };
}

const cpu = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

export interface Benign {
  readonly callers: number;
  readonly queries: number;
  readonly alarmed: number;
  /** Alarms about teams and about everyone. */
  readonly wider: number;
  readonly monitors: Readonly<Record<string, number>>;
  /** Of counted queries, the share that is strange to each monitor. */
  readonly strange: Readonly<Record<string, number>>;
  readonly microseconds: number;
  readonly bytes: number;
}

export type Habit = 'any' | 'one class';
/** One in so many queries is sent again. */
const RETRY = 20;

/** Honest callers, their queries interleaved: each asks about its own rows, none twice but for retries. */
export function honest(
  { calibration, secret, benign }: Prepared,
  callers: number,
  each: number,
  habit: Habit,
  seed: number,
): Benign {
  const random = new Random(seed);
  const watch = new Watch(calibration, secret);
  const byClass = new Map<number, number[]>();
  for (const [at, label] of benign.labels.entries()) {
    const own = byClass.get(label);
    if (own === undefined) byClass.set(label, [at]);
    else own.push(at);
  }
  const classes = [...byClass.values()];
  const all = Array.from(benign.labels, (_, at) => at);
  const plans = Array.from({ length: callers }, (_, at) => {
    const pool = habit === 'any' ? all : (classes[at % classes.length] ?? all);
    const chosen = new Set<number>();
    while (chosen.size < Math.min(each, pool.length)) chosen.add(pool[random.below(pool.length)] as number);
    return [...chosen];
  });
  const alarmed = new Set<string>();
  const [monitors, strange]: [Record<string, number>, Record<string, number>] = [{}, {}];
  let [wider, queries, bytes] = [0, 0, 0];
  const start = process.cpuUsage();
  for (let turn = 0; turn < each; turn++)
    for (const [index, plan] of plans.entries()) {
      const place = plan[turn];
      if (place === undefined) continue;
      const caller = `honest ${index}`;
      const query = {
        caller,
        team: `team ${index % 50}`,
        row: rowAt(benign, place),
        scores: scoresAt(benign, place),
      };
      for (let time = 0; time < (random.below(RETRY) === 0 ? 2 : 1); time++) {
        const { alarms, strange: to, counted } = watch.observe(query);
        queries += counted ? 1 : 0;
        for (const name of to) strange[name] = (strange[name] ?? 0) + 1;
        for (const alarm of alarms) {
          if (alarm.scope === 'caller') alarmed.add(caller);
          else wider += 1;
          monitors[`${alarm.monitor} (${alarm.scope})`] =
            (monitors[`${alarm.monitor} (${alarm.scope})`] ?? 0) + 1;
        }
      }
    }
  const microseconds = cpu(start) / queries;
  for (let index = 0; index < callers; index++)
    bytes = Math.max(bytes, watch.about(`honest ${index}`)?.bytes ?? 0);
  for (const name of Object.keys(strange)) strange[name] = (strange[name] as number) / queries;
  return { callers, queries, alarmed: alarmed.size, wider, monitors, strange, microseconds, bytes };
}

export interface Detected {
  /** Attack queries up to the first alarm, of all callers together; undefined for never. */
  readonly at: number | undefined;
  readonly alarm: Alarm | undefined;
}

/** Honest traffic before an attack begins. */
const BEFORE = 500;

/** The first alarm about an attack that is sent by `split` callers in turn, with honest queries of theirs between. */
export function attack(
  { calibration, secret, benign }: Prepared,
  stream: Stream,
  split: number,
  cover: number,
  seed: number,
): Detected {
  const random = new Random(seed);
  const watch = new Watch(calibration, secret);
  const honestly = (caller: string): readonly Alarm[] => {
    const place = random.below(benign.labels.length);
    return watch.observe({ caller, row: rowAt(benign, place), scores: scoresAt(benign, place) }).alarms;
  };
  for (let turn = 0; turn < BEFORE; turn++) honestly(`honest ${turn % 20}`);
  for (const [at, row] of stream.rows.entries()) {
    const caller = `attacker ${at % split}`;
    for (let owed = cover; owed > 0 && random.uniform() < owed; owed -= 1) {
      const [alarm] = honestly(caller);
      if (alarm !== undefined) return { at, alarm };
    }
    const [alarm] = watch.observe({ caller, row, scores: stream.scores[at] as Float32Array }).alarms;
    if (alarm !== undefined) return { at: at + 1, alarm };
  }
  return { at: undefined, alarm: undefined };
}

export interface Crowd {
  /** Honest callers among whom the attackers were, and those that an alarm named, of any scope. */
  readonly honest: number;
  readonly honestNamed: number;
  readonly attackersNamed: number;
}

const HONEST = 40;

/** Ten attackers among forty honest callers, a query of each side in turn: whom the alarms name, over 500 queries of the attack. */
export function crowd({ calibration, secret, benign }: Prepared, stream: Stream, seed: number): Crowd {
  const random = new Random(seed);
  const watch = new Watch(calibration, secret);
  const named = new Set<string>();
  const observe = (caller: string, row: Float32Array, scores: Float32Array) => {
    for (const { callers } of watch.observe({ caller, row, scores }).alarms)
      for (const name of callers) named.add(name);
  };
  for (let turn = 0; turn < Math.min(BEFORE, stream.rows.length); turn++) {
    const place = random.below(benign.labels.length);
    observe(`honest ${turn % HONEST}`, rowAt(benign, place), scoresAt(benign, place));
    observe(`attacker ${turn % 10}`, stream.rows[turn] as Float32Array, stream.scores[turn] as Float32Array);
  }
  const honestNamed = [...named].filter((name) => name.startsWith('honest')).length;
  return { honest: HONEST, honestNamed, attackersNamed: named.size - honestNamed };
}
