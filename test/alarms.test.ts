import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Random } from '../src/attacks/random.ts';
import { processIo } from '../src/cli/io.ts';
import { run } from '../src/cli/run.ts';
import { CONTRACT, calibrationOf, classifier, KEY, rowsOf, WEIGHTS } from './harness/classifiers.ts';
import { gatehouse } from './harness/cli.ts';
import { servePredictions } from './harness/predictions.ts';

/** Monitors at run time: a real gateway, a real model, real attacks, and the people who look. */

const LADDER = `predictions:
  - models: [fraud]
    patience: 20
    ladder:
      - respond: log
      - { respond: coarser, shapers: [{ use: rounding, decimals: 1 }] }
      - { respond: decoy, model: other }
      - respond: block
`;

const OTHER = WEIGHTS.map((row) => row.map((weight) => -weight));

async function scene(t: TestContext, policy = LADDER, roles = '') {
  const model = classifier();
  const calibration = await calibrationOf(model);
  const about = `, calibration: calibration.json, calibration_key: "${KEY}"`;
  const served = await servePredictions(
    t,
    {
      files: { 'fraud.yaml': CONTRACT, 'calibration.json': calibration },
      settings: '  other: { contract: fraud.yaml }',
      policy: roles + policy,
    },
    about,
  );
  served.add(model);
  served.add(classifier({ weights: OTHER }), 'other');
  const { store } = served.gateway.gate;
  const person = (name: string, team = 'web', role = ['app']) =>
    store.callers.create({ name, owner: name, team, roles: role, tags: {} });
  const ask = (key: string, rows: number[][], path = 'infer') =>
    fetch(`${served.url}/v2/models/fraud/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        inputs: [{ name: 'x', datatype: 'FP32', shape: [rows.length, 4], data: rows.flat() }],
      }),
    });
  const scoresOf = async (answer: Response) =>
    ((await answer.json()) as { outputs: { data: number[] }[] }).outputs[0]?.data ?? [];
  /** `gatehouse alarms …`, over the control socket. */
  const alarms = async (line: string) => {
    let [out, err] = ['', ''];
    const io = {
      ...processIo(),
      cwd: served.folder,
      env: {},
      colour: false,
      out: (text: string) => {
        out += `${text}\n`;
      },
      err: (text: string) => {
        err += text;
      },
      json: (value: unknown) => {
        out += JSON.stringify(value);
      },
    };
    const code = await run(['alarms', ...line.split(' ')], io, '0');
    return { code, out, err };
  };
  const kinds = (kind: string) => served.entries().filter((entry) => entry.kind === kind);
  const stanceOf = (id: string) => served.gateway.gate.defence?.stanceOf('fraud', id);
  return { ...served, person, ask, scoresOf, alarms, kinds, stanceOf };
}

/** An attack's rows as `gatehouse attack` sends them: from one row, ever smaller steps around it. */
const near = (count: number, seed = 3): number[][] =>
  Array.from({ length: count }, (_, at) =>
    (rowsOf(1, seed)[0] ?? []).map((value, feature) =>
      Math.fround(value + 0.01 * Math.sin(at * (feature + 1) * 1.7)),
    ),
  );

const told = (answer: Response) =>
  JSON.stringify(
    [...answer.headers].filter(([name]) => !/^(date|x-request-id|request-id|content-length)$/.test(name)),
  );

suite('monitors in the gateway', { concurrency: 2 }, () => {
  test('a real attack is alarmed about, climbs, and waits for a person; who asks honestly is answered as before', async (t) => {
    const { person, folder, url, kinds, stanceOf, ask, scoresOf, alarms } = await scene(t);
    const [eve, ann] = [person('eve'), person('ann')];
    const random = new Random(5);
    const rows = Array.from({ length: 100 }, () =>
      Array.from({ length: 4 }, () => Math.fround(4 * random.uniform() - 2)),
    );
    const clean = await ask(ann.key, rows.slice(0, 50));
    const exact = await scoresOf(clean);
    const before = told(await ask(eve.key, [rows[60] ?? []]));

    const csv = rowsOf(3, 40).map((row) => [...row, bestOf(row)].join(','));
    writeFileSync(join(folder, 'data.csv'), `a,b,c,d,label\n${csv.join('\n')}\n`);
    const attack = `attack ${url}/v2/models/fraud --data data.csv --attack hop-skip-jump --norm L2 --queries 300 --bounds -2,2 --key-env KEY --json`;
    const ran = await gatehouse(folder, attack.split(' '), { KEY: eve.key });
    assert.equal(ran.code, 0, ran.err);

    const own = kinds('monitor.alarm').filter(({ scope }) => scope === 'caller');
    assert.ok(own.length >= 3);
    for (const { caller } of own) assert.partialDeepStrictEqual(caller, { name: 'eve', team: 'web' });
    assert.equal(stanceOf(eve.caller.id), 'decoy');
    // A row of hers may be near to one of the attack: that is told, and changes nothing.
    assert.ok([undefined, 'log'].includes(stanceOf(ann.caller.id) ?? undefined));
    const ended = kinds('request.end');
    assert.ok(ended.some(({ answered_by }) => answered_by === 'other'));
    assert.ok(ended.some(({ stance }) => stance === 'coarser'));

    // Whoever asks is told nothing: neither by headers, nor by a status, nor by the name of who answered.
    const answer = await ask(eve.key, [rows[61] ?? []]);
    assert.equal(answer.status, 200);
    assert.equal(told(answer), before);
    const body = await answer.text();
    assert.match(body, /"model_name":"fraud"/);
    assert.doesNotMatch(body, /decoy|other|stance|coarser|alarm/);
    assert.deepEqual(await scoresOf(await ask(ann.key, rows.slice(0, 50))), exact);

    const listed = await alarms('list');
    assert.match(listed.out, /fraud +eve +web +decoy +block/);
    const shown = await alarms('show eve');
    assert.match(shown.out, /fraud: decoy; block waits for a person[\s\S]*queries[\s\S]*AML\.T/);
    assert.equal((await alarms('approve ann --model fraud')).code, 1);
    assert.match((await alarms('approve eve --model fraud')).out, /eve with fraud: decoy → block/);
    const blocked = await ask(eve.key, [rows[62] ?? []]);
    assert.equal(blocked.status, 403);
    assert.doesNotMatch(await blocked.text(), /alarm|monitor|decoy|block|ladder/i);
    assert.equal((await ask(ann.key, rows.slice(0, 1))).status, 200);
    assert.equal((await alarms('clear eve --json')).code, 0);
    assert.equal((await ask(eve.key, [rows[63] ?? []])).status, 200);
    assert.equal(stanceOf(eve.caller.id), undefined);
    assert.deepEqual(
      kinds('monitor.stance').flatMap(({ act }) => (act === 'climbed' ? [] : [act])),
      ['approved', 'cleared'],
    );
  });

  test('a question that comes to the last rung is not answered', async (t) => {
    const { person, ask, kinds } = await scene(
      t,
      'predictions: [{ models: [fraud], ladder: [{ respond: block, approval: false }] }]',
    );
    const eve = person('eve');
    const statuses: number[] = [];
    for (const row of near(60)) statuses.push((await ask(eve.key, [row])).status);
    const first = statuses.indexOf(403);
    assert.ok(first > 0);
    assert.deepEqual(new Set(statuses.slice(first)), new Set([403]));
    assert.equal(kinds('request.end').filter(({ outcome }) => outcome === 'completed').length, first);
  });

  test('people raise a caller by hand; what they may not do is refused, and what is wrong is said', async (t) => {
    const roles = '  looks: { allow: [{ actions: [alarms.read] }] }\n';
    const { person, alarms, ask, adminKey, url, kinds } = await scene(t, LADDER, roles);
    const eve = person('eve');
    assert.match((await alarms('list')).out, /No alarms/);
    assert.match((await alarms('show eve')).out, /know nothing of eve/);
    assert.match((await alarms('raise eve --model fraud --to block')).out, /none → block/);
    assert.equal((await ask(eve.key, rowsOf(1))).status, 403);
    for (const [line, code] of [
      ['raise nobody --model fraud', 1],
      ['raise eve --model none', 1],
      ['raise eve --model fraud --to nowhere', 1],
      ['raise eve --model fraud --to misinformation', 1],
      ['raise eve', 3],
      ['clear nobody', 1],
    ] as const)
      assert.equal((await alarms(line)).code, code, line);
    assert.match((await alarms('raise eve --model fraud --to log')).out, /block → log/);
    assert.equal((await ask(eve.key, rowsOf(1))).status, 200);
    const { key } = person('lea', 'web', ['looks']);
    const acts = { headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } };
    const seen = await fetch(`${url}/admin/v1/alarms/eve?`, acts);
    assert.partialDeepStrictEqual(await seen.json(), {
      models: [{ model: 'fraud', stance: 'log', held: true }],
    });
    const body = JSON.stringify({ model: 'fraud' });
    assert.equal(
      (await fetch(`${url}/admin/v1/alarms/eve/clear`, { ...acts, method: 'POST', body })).status,
      403,
    );
    // The admin of this policy has no such action.
    for (const path of ['', '/eve'])
      assert.equal(
        (await fetch(`${url}/admin/v1/alarms${path}`, { headers: { authorization: `Bearer ${adminKey}` } }))
          .status,
        403,
      );
    const raised = kinds('monitor.stance');
    assert.deepEqual(
      raised.map(({ act, before, after }) => [act, before, after]),
      [
        ['raised', 'none', 'block'],
        ['raised', 'block', 'log'],
      ],
    );
    assert.partialDeepStrictEqual(raised[0], { by: { id: 'local' } });
  });

  test('labels come back from who asked, and may say so', async (t) => {
    const { person, ask, url, kinds } = await scene(
      t,
      `  knows:\n    allow: [{ actions: [predict, report_outcomes], models: ["*"] }]\n${LADDER}`,
    );
    const [ann, ben, eve] = [
      person('ann', 'web', ['knows']),
      person('ben', 'web'),
      person('eve', 'other', ['knows']),
    ];
    const asked = await ask(ann.key, rowsOf(3));
    const request = asked.headers.get('x-request-id');
    const report = async (key: string, body: unknown) => {
      const answer = await fetch(`${url}/v2/models/fraud/outcomes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()] as const;
    };
    const outcomes = [{ request, labels: [0, 1, 2] }];
    assert.equal((await report(ben.key, { outcomes }))[0], 403, 'not allowed');
    assert.deepEqual(await report(eve.key, { outcomes }), [200, { counted: 0, unknown: 1 }], 'not theirs');
    assert.deepEqual(await report(ann.key, { outcomes }), [200, { counted: 1, unknown: 0 }]);
    assert.deepEqual(await report(ann.key, { outcomes }), [200, { counted: 0, unknown: 1 }], 'once');
    for (const bad of [
      {},
      { outcomes: {} },
      { outcomes, more: 1 },
      { outcomes: [{ request, labels: [3] }] },
      { outcomes: [{ request, labels: ['x'] }] },
      { outcomes: [{ request }] },
      { outcomes: new Array(1001).fill(outcomes[0]) },
    ])
      assert.equal((await report(ann.key, bad))[0], 400, JSON.stringify(bad).slice(0, 60));
    assert.equal((await ask(ann.key, rowsOf(1), 'versions/1/outcomes')).status, 404);
    const [entry] = kinds('request.answered').filter(({ operation }) => operation === 'oip.outcomes');
    assert.deepEqual(entry?.outcomes, { counted: 0, unknown: 1 });
  });
});

/** The class that the model has for a row. */
function bestOf(row: readonly number[]): number {
  const logits = WEIGHTS.map((weights) =>
    weights.reduce((sum, weight, at) => sum + weight * (row[at] ?? 0), 0),
  );
  return logits.indexOf(Math.max(...logits));
}
