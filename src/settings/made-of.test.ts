import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { parseSettings } from './parse.ts';

const read = (predictions: string) =>
  parseSettings(
    `upstreams: { open: { dialect: openai, url: https://a.example/v1, models: [m] } }\npredictions:\n  a: { contract: c }\n  b: { contract: c }\n  ${predictions}`,
    {
      env: { KEY: 'k-4711' },
      file: 'gatehouse.yaml',
      baseDir: '/',
      dialects: ['openai'],
      readFile: (path) => path,
    },
  ).predictions;
const sealed = 'calibration: a.json, calibration_key: "${KEY}"';

const refused = (predictions: string, words: RegExp) =>
  assert.throws(
    () => read(predictions),
    (error) => error instanceof Problem && words.test(error.message),
  );

test('a prediction that is made of others, which are not asked by their own names', () => {
  const all = read(
    `fraud: { contract: c, ${sealed}, of: { switch: [{ model: a, weight: 2 }, { model: b }], period: 1h } }`,
  );
  assert.deepEqual(all.fraud?.from, {
    kind: 'switch',
    members: [
      { model: 'a', weight: 2 },
      { model: 'b', weight: 1 },
    ],
    period: 3_600_000,
  });
  assert.deepEqual(
    ['a', 'b', 'fraud'].map((name) => all[name]?.hidden),
    [true, true, false],
  );
  const vote = read('fraud: { contract: c, of: { vote: [a, b] } }').fraud?.from;
  assert.deepEqual(vote, {
    kind: 'vote',
    members: [
      { model: 'a', weight: 1 },
      { model: 'b', weight: 1 },
    ],
    rule: 'mean',
  });
  const canary = read(
    'fraud: { contract: c, of: { canary: [{ model: a, weight: 0 }, { model: b }], by: row } }',
  );
  const from = canary.fraud?.from;
  assert.ok(from?.kind === 'canary' && from.by === 'row');
});

test('a member that may be asked by its own name says so', () => {
  const all = read(
    'green: { contract: c, by_name: true }\n  fraud: { contract: c, of: { canary: [{ model: a }, { model: green }] } }',
  );
  assert.deepEqual([all.a?.hidden, all.green?.hidden], [true, false]);
  refused('green: { contract: c, by_name: true }', /by_name.*is for what others are made of/s);
});

test('made of others that are made of others', () => {
  const all = read(
    `c: { contract: c, of: { vote: [a, b] } }\n  d: { contract: c, of: { canary: [{ model: c }, { model: a }] } }`,
  );
  assert.deepEqual([all.c?.hidden, all.d?.hidden], [true, false]);
});

test('what cannot be is reported with its place', () => {
  refused('c: { contract: c, of: { vote: [a, x] } }', /“x”, and there is no prediction/);
  refused('c: { contract: c, of: { vote: [a, c] } }', /is made of itself/);
  refused(
    'c: { contract: c, of: { vote: [a, d] } }\n  d: { contract: c, of: { vote: [b, c] } }',
    /is made of itself/,
  );
  refused('c: { contract: c, of: { vote: [a, a] } }', /is there already: “a”/);
  refused('c: { contract: c, of: { vote: [a] } }', /vote/);
  refused('c: { contract: c, of: { vote: [a, b], rule: best } }', /rule/);
  refused('c: { contract: c, of: { canary: [{ model: a, weight: 0 }] } }', /one weight above zero/);
  refused('c: { contract: c, of: { switch: [{ model: a }] } }', /needs “calibration”/);
  refused('c: { contract: c, workers: 2, of: { vote: [a, b] } }', /workers.*this is made of others/s);
  refused('c: { contract: c, of: { vote: [a, b], canary: [{ model: a }] } }', /has one of “switch”/);
  refused('c: { contract: c, of: {} }', /has one of “switch”/);
  refused('c: { contract: c, of: { vote: [a, b], period: 1h } }', /is of a switch/);
  // What every object has is no prediction.
  refused('c: { contract: c, of: { vote: [a, toString] } }', /“toString”, and there is no prediction/);
});
