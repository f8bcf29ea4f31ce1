import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { Random } from '../src/attacks/random.ts';
import { processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import type { AttackResult } from '../src/lifecycle/attack/result.ts';
import { linear, rounded, tree } from '../src/lifecycle/attack/testing.ts';
import { gatehouse, started, tempFolder } from './harness/cli.ts';
import { oipServer, server } from './harness/oip-server.ts';

const require = createRequire(import.meta.url);
const FEATURES = 6;

/** Rows between 0 and 1, and what {@link linear} says of them. */
function rows(count: number): number[][] {
  const random = new Random(1);
  return Array.from({ length: count }, () => {
    const row = Array.from({ length: FEATURES }, () => Math.round(random.uniform() * 1000) / 1000);
    const sum = row.reduce((total, value, at) => total + (at < FEATURES / 2 ? value : -value), 0);
    return [...row, sum > 0 ? 1 : 0];
  });
}

const HEADER = 'a,b,c,d,e,f,label';
const csv = (data: readonly (readonly unknown[])[]): string => `${HEADER}\n${data.map(String).join('\n')}\n`;

/** A folder with a model and data. */
function place(t: TestContext, model: Uint8Array = linear(FEATURES), count = 40): string {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(join(folder, 'data.csv'), csv(rows(count)));
  return folder;
}

const ATTACK = ['attack', 'model.onnx', '--data', 'data.csv'];

async function result(folder: string, args: readonly string[], code = 0): Promise<AttackResult> {
  const ran = await gatehouse(folder, [...args, '--json']);
  assert.equal(ran.code, code, ran.err);
  return JSON.parse(ran.out) as AttackResult;
}

/** But for times, and for what was asked again. */
const timeless = ({ seconds: _, sent: __, runs, ...rest }: AttackResult) => ({
  ...rest,
  runs: runs.map(({ seconds: ___, ...run }) => run),
});

suite('a model that is a file', () => {
  test('robust accuracy is that of the linear model, exactly', async (t) => {
    const folder = place(t);
    const found = await result(folder, [
      ...ATTACK,
      '--epsilon',
      '0.05,0.1',
      '--unit',
      'one',
      '--queries',
      '200',
    ]);
    assert.equal(found.verdict, 'done');
    assert.equal(found.clean.share, 1);
    assert.equal(found.model.access, 'gradients');
    // Within Linf ε the sum moves by ε at each feature that does not meet its bounds.
    const data = rows(40);
    const lower = data[0]?.map((_, at) => Math.min(...data.map((row) => row[at] ?? 0))) ?? [];
    const upper = data[0]?.map((_, at) => Math.max(...data.map((row) => row[at] ?? 0))) ?? [];
    for (const { epsilon, robust } of found.worst) {
      const left = data.filter((row) => {
        const label = row[FEATURES];
        let sum = 0;
        for (let at = 0; at < FEATURES; at++) {
          const sign = (at < FEATURES / 2 ? 1 : -1) * (label === 1 ? -1 : 1);
          const value = (row[at] ?? 0) + sign * epsilon;
          sum -= sign * Math.max(lower[at] ?? 0, Math.min(upper[at] ?? 1, value));
        }
        return sum > 1e-4;
      });
      assert.equal(robust.count, left.length);
      assert.equal(robust.of, 40);
      assert.ok(robust.low < robust.share && robust.share < robust.high);
    }
    assert.ok(found.findings.some(({ rule }) => rule === 'attack.evasion-gradients'));
    assert.ok(found.examples.length > 0);
    assert.equal(found.stopped, undefined);
  });

  test('--fail-under ends with 1 where fewer rows are left right, and with 0 where they are', async (t) => {
    const folder = place(t);
    const args = [...ATTACK, '--epsilon', '0.1', '--attack', 'pgd'];
    const below = await result(folder, [...args, '--fail-under', '0.99'], 1);
    assert.equal(below.verdict, 'below');
    await result(folder, [...args, '--fail-under', '0.01'], 0);
  });

  test('what is fixed stays, and whole numbers stay whole', async (t) => {
    const folder = place(t);
    const whole = rows(40).map((row) => row.map((value, at) => (at === 1 ? Math.round(value * 2) : value)));
    const labelled = whole.map((row) => {
      const sum = row
        .slice(0, FEATURES)
        .reduce((total, value, at) => total + (at < FEATURES / 2 ? value : -value), 0);
      return [...row.slice(0, FEATURES), sum > 0 ? 1 : 0];
    });
    writeFileSync(join(folder, 'data.csv'), csv(labelled));
    const found = await result(folder, [...ATTACK, '--epsilon', '0.4', '--fixed', 'a,d', '--attack', 'pgd']);
    assert.ok(found.examples.length > 0);
    for (const { original, adversarial } of found.examples) {
      assert.equal(adversarial[0], original[0]);
      assert.equal(adversarial[3], original[3]);
      assert.ok(Number.isInteger(adversarial[1]));
    }
  });

  test('of trees there are no gradients: scores are asked, and the reason is said', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'model.onnx'), tree(FEATURES));
    writeFileSync(
      join(folder, 'data.csv'),
      csv(rows(30).map((row) => [...row.slice(0, FEATURES), (row[0] ?? 0) > 0.5 ? 1 : 0])),
    );
    const found = await result(folder, [...ATTACK, '--epsilon', '0.2', '--unit', 'one']);
    assert.equal(found.model.access, 'scores');
    assert.match(found.model.opaque ?? '', /TreeEnsembleClassifier/);
    const near = rows(30).filter(([first = 0]) => Math.abs(first - 0.5) < 0.199).length;
    assert.ok(Math.abs((found.worst[0]?.robust.count ?? 0) - (30 - near)) <= 1);
    const ran = await gatehouse(folder, [...ATTACK, '--attack', 'pgd']);
    assert.equal(ran.code, 3);
    assert.match(ran.err, /pgd needs gradients/);
  });

  test('a model whose gradients are zero is not called robust', async (t) => {
    const folder = place(t, rounded(FEATURES));
    const found = await result(folder, [...ATTACK, '--epsilon', '0.1', '--queries', '200'], 2);
    assert.equal(found.verdict, 'undecided');
    assert.ok(
      found.warnings.some(({ rule, message }) => rule === 'attack.masked-gradients' && /zero/.test(message)),
    );
    assert.ok(found.warnings.some(({ message }) => /Round/.test(message)));
  });

  test('labels that are the other way round leave it undecided', async (t) => {
    const folder = place(t);
    writeFileSync(
      join(folder, 'data.csv'),
      csv(rows(40).map((row) => [...row.slice(0, FEATURES), row[FEATURES] === 1 ? 0 : 1])),
    );
    const found = await result(folder, [...ATTACK, '--epsilon', '0.1'], 2);
    assert.equal(found.clean.count, 0);
    assert.ok(found.findings.some(({ rule }) => rule === 'attack.little-accuracy'));
  });

  test('every report is written; SARIF is valid; the page holds nothing from elsewhere', async (t) => {
    const folder = place(t);
    const ran = await gatehouse(folder, [
      ...ATTACK,
      '--epsilon',
      '0.1',
      '--out',
      'report',
      '--queries',
      '100',
    ]);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /all together/);
    const read = (file: string) => readFileSync(join(folder, 'report', file), 'utf8');
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    const schema = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as Record<
      string,
      unknown
    >;
    const { $schema: _, $id: __, id: ___, ...body } = schema;
    const validate = ajv.compile(body);
    assert.ok(validate(JSON.parse(read('report.sarif'))), JSON.stringify(validate.errors));
    assert.match(read('report.sarif'), /AML\.T0043\.000/);
    assert.match(read('report.sarif'), /ML01:2023/);
    const page = read('report.html');
    assert.match(page, /<svg/);
    assert.doesNotMatch(page, /<script|https?:/);
    assert.match(read('report.md'), /\| \*\*all together\*\* \|/);
    assert.equal((JSON.parse(read('result.json')) as AttackResult).kind, 'gatehouse-attack');
  });
});

suite('a stop', () => {
  const slow = [
    ...ATTACK,
    '--attack',
    'hop-skip-jump',
    '--norm',
    'L2',
    '--epsilon',
    '0.1',
    '--queries',
    '1500',
    '--out',
    'out',
  ];

  test('a process that is killed goes on where it was, and comes to the same', async (t) => {
    const folder = place(t);
    const first = started(folder, slow, {});
    const state = join(folder, 'out', 'state');
    const batches = (): number => {
      try {
        return readdirSync(state).filter((name) => /-\d+\.json$/.test(name)).length;
      } catch {
        return 0;
      }
    };
    for (const late = Date.now() + 20_000; batches() < 2 && Date.now() < late; ) await sleep(5);
    first.child.kill('SIGKILL');
    await first.ended;
    const kept = batches();
    assert.ok(kept >= 2 && kept < 5, `killed after ${kept} of 5 batches`);
    const refused = await gatehouse(folder, slow);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /--resume/);
    const other = await gatehouse(folder, [...slow, '--seed', '7', '--resume']);
    assert.equal(other.code, 3);
    assert.match(other.err, /is another/);
    const resumed = await result(folder, [...slow, '--resume']);
    const fresh = await result(place(t), slow);
    assert.ok(resumed.sent < fresh.sent);
    assert.deepEqual(timeless(resumed), timeless(fresh));
  });

  test('Ctrl-C keeps what it has, and says how to go on', async (t) => {
    const folder = place(t);
    const first = started(folder, [...slow, '--json'], {});
    for (const late = Date.now() + 20_000; Date.now() < late; await sleep(5))
      if (
        readdirSync(folder).includes('out') &&
        readdirSync(join(folder, 'out', 'state')).some((name) => name.endsWith('-0.json'))
      )
        break;
    first.child.kill('SIGINT');
    const { code, out, err } = await first.ended;
    assert.equal(code, 2, err);
    const found = JSON.parse(out) as AttackResult;
    assert.equal(found.stopped, 'asked');
    assert.ok((found.runs[0]?.attacked ?? 0) >= 8);
    assert.match(err, /--resume goes on/);
  });
});

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

/** In this process, where a problem ends it before anything is attacked. */
async function here(cwd: string, args: readonly string[]): Promise<{ code: number; err: string }> {
  let err = '';
  const told = (text: string) => {
    err += `${text}\n`;
  };
  const io = { ...processIo(), cwd, err: told };
  return { code: await run(args, io, '0'), err };
}

suite('what does not fit is said with its place', () => {
  for (const [what, text, args, says] of [
    [
      'a cell that is no number',
      `${HEADER}\n1,2,3,4,5,6,0\n1,2,x,4,5,6,0\n`,
      [],
      /data\.csv:3: column “c” is no number/,
    ],
    ['an empty cell', `${HEADER}\n1,2,3,4,,6,0\n`, [], /data\.csv:2: column “e” is empty/],
    ['too few cells', `${HEADER}\n1,2,3\n`, [], /data\.csv:2: 3 cells/],
    ['a label that is no class', `${HEADER}\n1,2,3,4,5,6,7\n`, [], /data\.csv:2: the label is none/],
    ['a column too few', 'a,b,label\n1,2,0\n', [], /2 features, and the model takes 6/],
    ['a column that is not there', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--fixed', 'age'], /no feature “age”/],
    ['a label column that is not there', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--label', 'y'], /no column “y”/],
    ['bounds', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--bounds', '1,0'], /the bounds “1,0”/],
    ['an attack', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--attack', 'pdg'], /no attack pdg/],
    ['a norm', `${HEADER}\n1,2,3,4,5,6,0\n`, ['--attack', 'cw'], /cw is measured in L2/],
  ] as const)
    test(what, async (t) => {
      const folder = place(t);
      writeFileSync(join(folder, 'data.csv'), text);
      const ran = await here(folder, [...ATTACK, ...args]);
      assert.equal(ran.code, 3);
      assert.match(ran.err, says);
    });

  test('a file that is not there', async (t) => {
    const folder = place(t);
    const ran = await gatehouse(folder, ['attack', 'model.onnx', '--data', 'none.csv']);
    assert.equal(ran.code, 4);
  });
});

test('attack list names every attack with its source and what it needs', async (t) => {
  const { out } = await gatehouse(tempFolder(t), ['attack', 'list', '--json']);
  const all = JSON.parse(out) as { name: string; source: string; access: string }[];
  assert.ok(all.length > 10);
  assert.ok(all.every(({ source, access }) => source.length > 10 && access.length > 0));
});
