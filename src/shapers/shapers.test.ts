import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Default } from 'typebox/value';
import { SHAPERS } from './index.ts';
import { Keyed } from './keyed.ts';
import { reverseSigmoid } from './reverse-sigmoid.ts';
import { type Context, normalized, top } from './shaper.ts';

const FEATURES = 6;
const keyed = new Keyed(new Uint8Array(16).fill(1), 'model', new Float64Array(FEATURES).fill(1));
const other = new Keyed(new Uint8Array(16).fill(2), 'model', new Float64Array(FEATURES).fill(1));

const rows = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: FEATURES,
  maxLength: FEATURES,
});
/** Also of one class alone, of zeros, and of hardly anything. */
const answers = fc
  .array(fc.oneof(fc.constantFrom(0, 1e-300, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 2,
    maxLength: 12,
  })
  .filter((weights) => weights.some((weight) => weight > 1e-200))
  .map((weights) => normalized(Float64Array.from(weights)));
const contexts = fc
  .record({ row: rows, outlier: fc.double({ min: 0, max: 1, noNaN: true }), external: fc.boolean() })
  .map(({ row, ...rest }): Context & { row: number[] } => ({ ...rest, row, draws: keyed.of(row) }));

for (const shaper of SHAPERS)
  suite(shaper.name, () => {
    const settings = Default(shaper.settings, {});

    test('as many probabilities come out, of the right sum', () => {
      fc.assert(
        fc.property(answers, contexts, (probabilities, context) => {
          const kept = probabilities.slice();
          const shaped = shaper.shape(probabilities, settings, context);
          assert.deepEqual(probabilities, kept, 'what was given is as it was');
          assert.equal(shaped.length, probabilities.length);
          assert.ok(shaped.every((value) => value >= 0 && value <= 1 + 1e-9));
          assert.ok(Math.abs(shaped.reduce((sum, value) => sum + value, 0) - 1) < 1e-9);
        }),
      );
    });

    test('who asks again gets the same', () => {
      fc.assert(
        fc.property(answers, contexts, (probabilities, context) => {
          const again = { ...context, draws: keyed.of(context.row) };
          assert.deepEqual(
            shaper.shape(probabilities, settings, again),
            shaper.shape(probabilities, settings, context),
          );
        }),
      );
    });

    test('its settings have defaults, and bounds where they are numbers', () => {
      for (const property of Object.values(shaper.settings.properties)) {
        const { type, minimum, maximum, ...rest } = property as Record<string, unknown>;
        assert.ok('default' in rest && 'description' in rest);
        assert.ok(
          type === undefined || type === 'string' || (minimum !== undefined && maximum !== undefined),
        );
      }
    });
  });

const shaperOf = (name: string) => {
  const shaper = SHAPERS.find((one) => one.name === name);
  assert.ok(shaper !== undefined);
  return (given: object, probabilities: readonly number[], context: Partial<Context> = {}) => [
    ...shaper.shape(Float64Array.from(probabilities), Default(shaper.settings, given), {
      draws: keyed.of(new Float32Array(FEATURES)),
      outlier: 0,
      external: true,
      ...context,
    }),
  ];
};

test('shapers have names of their own', () => {
  const names = SHAPERS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
});

test('milder shapers keep the class', () => {
  fc.assert(
    fc.property(answers, contexts, (probabilities, context) => {
      for (const name of ['rounding', 'top-k', 'label-only']) {
        const shaped = shaperOf(name)({}, [...probabilities], context);
        assert.equal(top(Float64Array.from(shaped)), top(probabilities), name);
      }
    }),
  );
});

test('rounding shares out whole steps', () => {
  assert.deepEqual(shaperOf('rounding')({}, [0.46, 0.54]), [0.4, 0.6]);
  assert.deepEqual(shaperOf('rounding')({ decimals: 2 }, [0.333, 0.333, 0.334]), [0.33, 0.33, 0.34]);
});

test('top-k tells k classes apart', () => {
  assert.deepEqual(shaperOf('top-k')({ k: 1 }, [0.5, 0.25, 0.25 - 1 / 16, 1 / 16]), [
    0.5,
    1 / 6,
    1 / 6,
    1 / 6,
  ]);
});

test('reverse sigmoid is the formula of the paper', () => {
  // r(0.9) = 0.7 (σ(0.2 ln 9) − ½), and its negative for 0.1.
  const moved = 0.7 * (1 / (1 + 9 ** -0.2) - 0.5);
  const [high = 0, low = 0] = shaperOf('reverse-sigmoid')({}, [0.9, 0.1]);
  assert.ok(Math.abs(high - (0.9 - moved)) < 1e-9);
  assert.ok(Math.abs(low - (0.1 + moved)) < 1e-9);
});

/** Rows that lie in cells of their own. */
const apart = (count: number, maker = keyed) =>
  Array.from({ length: count }, (_, at) =>
    maker.of(Float64Array.from({ length: FEATURES }, (__, of) => 50 * at * (of + 1))),
  );

test('the boundary is told as often as ε says, and only in its zone', () => {
  const tell = shaperOf('boundary-privacy');
  const kept = apart(2000).filter(
    (draws) => (tell({ epsilon: 1 }, [0.4, 0.6], { draws })[1] ?? 0) > 0.5,
  ).length;
  // p = ½ + √(e² − 1) / (2 + 2e) = 0.840
  assert.ok(Math.abs(kept / 2000 - 0.84) < 0.03, `${kept}`);
  for (const draws of apart(50)) assert.deepEqual(tell({ epsilon: 0.01 }, [0.2, 0.8], { draws }), [0.2, 0.8]);
});

test('misinformation is for what is unusual, and looks sure', () => {
  const tell = shaperOf('misinformation');
  const given = [0.7, 0.2, 0.1];
  assert.deepEqual(tell({ threshold: 0.99 }, given, { outlier: 0.99 }), given);
  const wrong = apart(300).map((draws) => Float64Array.from(tell({}, given, { outlier: 1, draws })));
  const sure = wrong.filter((answer) => (answer[top(answer)] ?? 0) > 0.9).length;
  assert.ok(sure > 200, `${sure} sure`);
  // It says nothing of the right class, so each comes about as often.
  for (const label of [0, 1, 2]) {
    const often = wrong.filter((answer) => top(answer) === label).length;
    assert.ok(often > 40, `class ${label}: ${often}`);
  }
  assert.throws(() => tell({}, given, { outlier: undefined }), TypeError);
});

test('another secret answers otherwise', () => {
  const tell = shaperOf('misinformation');
  const [own, theirs] = [apart(100), apart(100, other)].map((all) =>
    all.map((draws) => tell({}, [0.7, 0.2, 0.1], { outlier: 1, draws }).join()),
  );
  assert.ok((own ?? []).filter((answer, at) => answer === theirs?.[at]).length === 0);
});

test('reverse sigmoid leaves the likeliest class ahead, whatever its settings', () => {
  const settings = fc.record({
    beta: fc.double({ min: 0, max: 1, noNaN: true }),
    gamma: fc.double({ min: 0.001, max: 10, noNaN: true }),
  });
  fc.assert(
    fc.property(answers, settings, contexts, (probabilities, given, context) => {
      const shaped = reverseSigmoid.shape(probabilities, given, context);
      assert.ok(
        shaped.every((value) => value <= (shaped[top(probabilities)] as number)),
        String(shaped),
      );
    }),
  );
});
