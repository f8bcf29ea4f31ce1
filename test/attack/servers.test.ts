import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { linear } from '../../src/lifecycle/attack/testing.ts';
import { readRequest } from '../../src/oip/inference.ts';
import { LENGTH_HEADER } from '../../src/oip/message.ts';
import { numbersOf, type Tensor } from '../../src/tensors/tensor.ts';
import { gatehouse } from '../harness/cli.ts';
import { oipServer, server } from '../harness/oip-server.ts';
import { csv, FEATURES, place, result, rows } from './place.ts';

suite('a model behind the Open Inference Protocol', () => {
  test('is attacked by its scores, with a key, and every row that is sent is counted', async (t) => {
    const folder = place(t, undefined, 12);
    const asked = await oipServer(t, linear(FEATURES), FEATURES, (request) =>
      request === 3 ? 503 : undefined,
    );
    const ran = await gatehouse(
      folder,
      [
        'attack',
        `${asked.address}/v2/models/m`,
        '--data',
        'data.csv',
        '--epsilon',
        '0.2',
        '--queries',
        '60',
        '--key-env',
        'KEY',
        '--json',
      ],
      { KEY: 'sesame' },
    );
    assert.equal(ran.code, 0, ran.err);
    const found = JSON.parse(ran.out) as AttackResult;
    assert.equal(found.model.access, 'scores');
    assert.equal(found.clean.share, 1);
    assert.ok((found.runs[0]?.success ?? 0) > 0);
    assert.equal(found.sent, asked.rows);
    assert.ok(asked.headers.every(({ authorization }) => authorization === 'Bearer sesame'));
    assert.doesNotMatch(ran.out + ran.err, /sesame/);
  });

  test('a budget is never exceeded, and what was found is kept', async (t) => {
    const folder = place(t, undefined, 12);
    const asked = await oipServer(t, linear(FEATURES), FEATURES);
    const found = await result(
      folder,
      ['attack', `${asked.address}/v2/models/m`, '--data', 'data.csv', '--epsilon', '0.2', '--budget', '150'],
      2,
    );
    assert.equal(found.stopped, 'budget');
    assert.ok(asked.rows <= 150);
    assert.ok(asked.rows > 100);
  });

  test('answers that say less than they look like are attacked by what they do say', async (t) => {
    const folder = place(t, undefined, 12);
    const says = async (round: (chance: number) => number) => {
      const asked = await server(t, async (request, body, response) => {
        if (request.method === 'GET') {
          const inputs = [{ name: 'x', datatype: 'FP64', shape: [-1, FEATURES] }];
          response.end(JSON.stringify({ name: 'm', platform: 'any', inputs, outputs: [] }));
          return;
        }
        const { inputs } = readRequest({ body, length: String(request.headers[LENGTH_HEADER]) });
        const numbers = [...numbersOf(inputs.get('x') as Tensor)];
        const scores = Array.from({ length: numbers.length / FEATURES }, (_, row) => {
          const own = numbers.slice(row * FEATURES, (row + 1) * FEATURES);
          const lead = own.reduce((sum, value, at) => sum + (at < FEATURES / 2 ? value : -value), 0);
          const chance = round(1 / (1 + Math.exp(-lead)));
          return [1 - chance, chance];
        }).flat();
        const y = { name: 'y', datatype: 'FP64', shape: [scores.length / 2, 2], data: scores };
        response.end(JSON.stringify({ model_name: 'm', outputs: [y] }));
      });
      const words = ['--epsilon', '0.4', '--queries', '200'];
      return result(folder, ['attack', `${asked}/v2/models/m`, '--data', 'data.csv', ...words]);
    };
    const labels = await says(Math.round);
    assert.equal(labels.model.access, 'decisions');
    assert.deepEqual(
      labels.runs.map(({ attack }) => attack),
      ['hop-skip-jump'],
    );
    assert.ok((labels.runs[0]?.success ?? 0) > 0.5);
    const rounded = await says((chance) => Math.round(chance * 4) / 4);
    assert.deepEqual(
      rounded.runs.map(({ attack }) => attack),
      ['hop-skip-jump', 'square'],
    );
    const whole = await says((chance) => chance);
    assert.deepEqual(
      whole.runs.map(({ attack }) => attack),
      ['square'],
    );
  });

  test('a server that says to come back much later is not asked before', async (t) => {
    let asked = 0;
    const busy = await server(t, async (_, __, response) => {
      asked += 1;
      response.writeHead(429, { 'retry-after': '3600' }).end();
    });
    const ran = await gatehouse(place(t, undefined, 4), [
      'attack',
      `${busy}/v2/models/m`,
      '--data',
      'data.csv',
    ]);
    assert.equal(ran.code, 4);
    assert.match(ran.err, /answers 429[\s\S]*come back in 3600 s/);
    assert.equal(asked, 1);
  });

  test('a redirect is not followed; a server that fails is named, its words are not', async (t) => {
    const folder = place(t, undefined, 4);
    const moved = await oipServer(t, linear(FEATURES), FEATURES, () => 302);
    const ran = await gatehouse(folder, ['attack', `${moved.address}/v2/models/m`, '--data', 'data.csv']);
    assert.equal(ran.code, 4);
    assert.match(ran.err, /answers 302/);
    assert.match(ran.err, /Redirects are not followed/);
    assert.equal(moved.requests, 1);
  });
});

suite('any service, by a mapping file', () => {
  /** Answers as `scores` says of the sum of each object. */
  const service = (t: TestContext, answer: (sums: readonly number[]) => unknown) =>
    server(t, async (request, body, response) => {
      if (request.headers['x-key'] !== 'sesame') return void response.writeHead(401).end();
      const { rows: given } = JSON.parse(body.toString()) as { rows: Record<string, number>[] };
      const sums = given.map(({ a = 0, b = 0, c = 0, d = 0, e = 0, f = 0 }) => a + b + c - d - e - f);
      response.end(JSON.stringify(answer(sums)));
    });

  const mapping = (address: string, answer: string) => `url: ${address}/score
headers:
  x-key: \${KEY}
body:
  rows: $rows
row: object
rows_per_request: 20
answer:
${answer}
`;

  test('scores by name', async (t) => {
    const folder = place(t, undefined, 20);
    const address = await service(t, (sums) => ({
      out: sums.map((sum) => ({ p: { yes: 1 / (1 + Math.exp(-sum)), no: 1 / (1 + Math.exp(sum)) } })),
    }));
    writeFileSync(join(folder, 'map.yaml'), mapping(address, '  scores: /out/*/p\n  classes: [no, yes]'));
    const words = rows(20).map((row) => [...row.slice(0, FEATURES), row[FEATURES] === 1 ? 'yes' : 'no']);
    writeFileSync(join(folder, 'data.csv'), csv(words));
    const ran = await gatehouse(
      folder,
      ['attack', 'map.yaml', '--data', 'data.csv', '--epsilon', '0.2', '--queries', '60', '--json'],
      { KEY: 'sesame' },
    );
    assert.equal(ran.code, 0, ran.err);
    const found = JSON.parse(ran.out) as AttackResult;
    assert.equal(found.clean.share, 1);
    assert.deepEqual(found.model.classes, ['no', 'yes']);
    assert.ok((found.runs[0]?.success ?? 0) > 0);
    assert.doesNotMatch(ran.out, /sesame/);
  });

  test('labels alone are attacked by decisions', async (t) => {
    const folder = place(t, undefined, 6);
    const address = await service(t, (sums) => sums.map((sum) => (sum > 0 ? 1 : 0)));
    writeFileSync(join(folder, 'map.yaml'), mapping(address, '  label: ""\n  classes: [0, 1]'));
    const ran = await gatehouse(
      folder,
      ['attack', 'map.yaml', '--data', 'data.csv', '--norm', 'L2', '--queries', '150', '--json'],
      { KEY: 'sesame' },
    );
    assert.equal(ran.code, 0, ran.err);
    const found = JSON.parse(ran.out) as AttackResult;
    assert.equal(found.model.access, 'decisions');
    assert.equal(found.runs[0]?.attack, 'hop-skip-jump');
    assert.ok((found.runs[0]?.distances?.median ?? 9) < 1);
  });

  test('what is wrong with a mapping is said with its line', async (t) => {
    const folder = place(t, undefined, 2);
    writeFileSync(
      join(folder, 'map.yaml'),
      'url: http://127.0.0.1:1/\nheaders:\n  x-key: ${NONE}\nbody: {}\nanswer: {}\nspeed: 3\n',
    );
    const ran = await gatehouse(folder, ['attack', 'map.yaml', '--data', 'data.csv']);
    assert.equal(ran.code, 3);
    assert.match(ran.err, /map\.yaml:3:\d+ .*NONE is not set/);
    assert.match(ran.err, /speed/);
  });
});
