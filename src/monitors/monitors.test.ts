import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Frame } from './frame.ts';
import { MONITORS } from './index.ts';
import { restore, saved } from './saved.ts';
import { CALIBRATION, disagreementOf, normals, OTHER_SECRET, SECRET, sampler, scoresOf } from './testing.ts';

// What every monitor holds to.

const frame = new Frame(CALIBRATION.outline, SECRET);
const rows = (() => {
  const next = sampler(70);
  return Array.from({ length: 150 }, next);
})();

for (const monitor of MONITORS)
  suite(monitor.name, () => {
    const scores = (tracker = monitor.start(frame, SECRET)) =>
      rows.map((row) => tracker.score(frame.read(row, scoresOf(row), disagreementOf(row))));

    test('says what it is', () => {
      assert.match(monitor.name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(monitor.technique.atlas, /^AML\.T\d{4}(\.\d{3})?$/);
      assert.match(monitor.technique.owasp, /^ML\d\d$/);
      assert.ok(monitor.source.length > 10 && monitor.explanation.length > 10);
      assert.ok(monitor.level > 0 && monitor.level <= 0.01);
    });

    test('gives the same scores for the same queries, all of them numbers', () => {
      const own = scores();
      assert.deepEqual(own, scores());
      assert.ok(own.some((score) => score !== undefined));
      for (const score of own) assert.ok(score === undefined || Number.isFinite(score));
    });

    test('goes on from what was saved', () => {
      const [one, other] = [monitor.start(frame, SECRET), monitor.start(frame, SECRET)];
      scores(one);
      restore(other.memory, saved(one.memory));
      assert.deepEqual(scores(one), scores(other));
    });

    test('has bounded memory', () => {
      const tracker = monitor.start(frame, SECRET);
      const size = saved(tracker.memory).length;
      for (let turn = 0; turn < 8; turn++) scores(tracker);
      assert.equal(saved(tracker.memory).length, size);
      assert.ok(size <= 20_000, `${size}`);
    });
  });

/** The hits of a monitor on rows, at its own limits. */
function hits(
  name: string,
  stream: readonly Float32Array[],
  answer = scoresOf,
  differ?: (row: Float32Array) => number,
): number {
  const monitor = MONITORS.find((one) => one.name === name);
  const limit = CALIBRATION.monitors[name];
  const tracker = monitor?.start(frame, SECRET);
  return stream.filter((row) => {
    const reading = frame.read(row, answer(row), differ?.(row));
    const score = tracker?.score(reading);
    const threshold = limit?.thresholds.length === 1 ? limit.thresholds[0] : limit?.thresholds[reading.label];
    return score !== undefined && score > (threshold ?? Number.POSITIVE_INFINITY);
  }).length;
}

const normal = normals(71);
const base = sampler(72)();
const many = (row: (at: number) => Float32Array) => Array.from({ length: 200 }, (_, at) => row(at));

suite('what each monitor is for', () => {
  test('near duplicates: noise around a row', () =>
    assert.ok(
      hits(
        'near-duplicates',
        many(() => base.map((value) => value + 0.05 * normal())),
      ) > 150,
    ));

  test('disagreement: what models differ on that agree about the rows of the owner', () => {
    const next = sampler(73);
    const benign = many(() => next());
    assert.ok(hits('disagreement', benign, scoresOf, () => 0.3) > 190);
    assert.ok(hits('disagreement', benign, scoresOf, disagreementOf) < 12);
    assert.equal(hits('disagreement', benign), 0);
  });

  test('fingerprints: one feature that is changed again and again', () =>
    assert.ok(
      hits(
        'fingerprints',
        many((at) => base.with(at % 40, 100 + at)),
      ) > 100,
    ));

  test('update directions: along a line', () => {
    const direction = base.map(() => normal());
    assert.ok(
      hits(
        'update-directions',
        many((at) => base.map((value, feature) => value + at * at * 0.1 * (direction[feature] as number))),
      ) > 100,
    );
  });

  test('out of distribution: the noise of features that go together', () =>
    assert.ok(
      hits(
        'out-of-distribution',
        many(() => base.map(() => 2 * normal())),
      ) > 150,
    ));

  test('extremes: rows that lie far out along what varies', () => {
    const next = sampler(73);
    const mean = CALIBRATION.outline.mean;
    assert.ok(
      hits(
        'extremes',
        many(() => next().map((value, at) => (mean[at] as number) + 3 * (value - (mean[at] as number)))),
      ) > 100,
    );
  });

  test('feature bounds: values never seen', () =>
    assert.ok(
      hits(
        'feature-bounds',
        many((at) => base.with(at % 40, 1e6).with((at + 1) % 40, Number.NaN)),
      ) > 190,
    ));

  test('low confidence: answers that are nearly a tie', () =>
    assert.ok(
      hits(
        'low-confidence',
        many(() => base),
        () => Float32Array.of(1, 1 - 1e-6, 0),
      ) > 190,
    ));

  test('PRADA: distances of two kinds', () => {
    const next = sampler(74);
    const stream = Array.from({ length: 1200 }, (_, at) =>
      at < 60 || at % 2 === 0 ? next() : base.map((value) => value + 0.01 * normal()),
    );
    assert.ok(hits('prada', stream) > 2);
  });
});

test('what falls together under one key does not under another', () => {
  const other = new Frame(CALIBRATION.outline, OTHER_SECRET);
  const row = rows[0] as Float32Array;
  const own = frame.read(row, scoresOf(row)).rounded.slice();
  assert.notDeepEqual(own, other.read(row, scoresOf(row)).rounded.slice());
  const prints = MONITORS.find(({ name }) => name === 'fingerprints');
  const under = (secret: typeof SECRET) => {
    const tracker = prints?.start(frame, secret);
    tracker?.score(frame.read(row, scoresOf(row)));
    return saved(tracker?.memory ?? []);
  };
  assert.notDeepEqual(under(SECRET), under(OTHER_SECRET));
});
