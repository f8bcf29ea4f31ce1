import { Random } from '../../src/attacks/random.ts';
import { Watch } from '../../src/monitors/watch.ts';
import { picked, rowAt } from './data.ts';
import { type Answered, answer, type Prepared } from './measure.ts';

/** Honest callers who are hard to tell from attacks, and what came of them. */
export interface Habit {
  readonly name: string;
  readonly callers: number;
  readonly alarmed: number;
  /** Alarms about everyone, and honest callers whom these named. */
  readonly wider: number;
  readonly named: number;
}

const CALLERS = 100;
const EACH = 100;

/** How a caller comes to its rows: places in the data, and which of them are asked about again, a little changed. */
type Plan = (random: Random, labels: Int32Array, brightness: Float64Array) => readonly number[];

const any: Plan = (random, labels) => Array.from({ length: EACH }, () => random.below(labels.length));
const sorted: Plan = (random, labels, brightness) =>
  [...any(random, labels, brightness)].sort(
    (one, other) => (brightness[one] as number) - (brightness[other] as number),
  );
const bursts: Plan = (random, labels) =>
  Array.from({ length: EACH / 10 }, () => {
    const label = labels[random.below(labels.length)];
    const own = [...labels.keys()].filter((at) => labels[at] === label);
    return Array.from({ length: 10 }, () => own[random.below(own.length)] as number);
  }).flat();

const HABITS: readonly (readonly [name: string, plan: Plan, again: number])[] = [
  ['rows that are sorted', sorted, 0],
  ['bursts of one class', bursts, 0],
  ...[0.01, 0.02, 0.05, 0.1, 0.2].map(
    (share) => [`${share * 100} % are asked again, a little changed`, any, share] as const,
  ),
];

export async function* habits(prepared: Prepared, seed: number): AsyncGenerator<Habit> {
  const { calibration, secret, benign } = prepared;
  const brightness = Float64Array.from(benign.labels, (_, at) =>
    rowAt(benign, at).reduce((sum, value) => sum + value, 0),
  );
  for (const [name, plan, again] of HABITS) {
    const random = new Random(seed);
    const plans = Array.from({ length: CALLERS }, () => plan(random, benign.labels, brightness));
    const places = Array.from(
      { length: CALLERS * EACH },
      (_, at) => plans[at % CALLERS]?.[Math.floor(at / CALLERS)] as number,
    );
    const rows = picked(benign, places);
    // Instead of a row of its own, the caller sends its last one again, changed.
    for (let at = CALLERS; at < places.length; at++)
      if (random.uniform() < again)
        rows.rows.set(changed(prepared, rowAt(rows, at - CALLERS), random), at * rows.features);
    yield { name, ...observed(new Watch(calibration, secret), await answer(prepared.domain, rows)) };
  }
}

function observed(watch: Watch, asked: Answered): Omit<Habit, 'name'> {
  const [alarmed, named] = [new Set<string>(), new Set<string>()];
  let wider = 0;
  for (const at of asked.labels.keys()) {
    const { alarms } = watch.observe({
      caller: `honest ${at % CALLERS}`,
      row: rowAt(asked, at),
      scores: asked.scores.subarray(at * asked.classes, (at + 1) * asked.classes),
    });
    for (const { scope, callers } of alarms) {
      if (scope === 'everyone') wider += 1;
      for (const caller of callers) (scope === 'everyone' ? named : alarmed).add(caller);
    }
  }
  return { callers: CALLERS, alarmed: alarmed.size, wider, named: named.size };
}

/** A picture taken again, a pixel beside; a record of which one field was corrected. */
function changed({ domain, benign }: Prepared, row: Float32Array, random: Random): Float32Array {
  const { image } = domain.space;
  if (image === undefined) {
    const feature = random.below(row.length);
    return row.with(feature, rowAt(benign, random.below(benign.labels.length))[feature] as number);
  }
  const width = image.width;
  return row.map((_, at) => (at % width === 0 ? 0 : (row[at - 1] as number)));
}
