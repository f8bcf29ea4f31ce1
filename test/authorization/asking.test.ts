import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

/** `policy test`, `why`, `matrix` and `cedar`, as people run them. */
const outside = processIo();
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-asking-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

write(
  'policy.yaml',
  `version: 1
roles:
  app:
    allow: [{ actions: [chat], models: ["gpt-*"] }]
    deny: [{ actions: [chat], models: ["*-secret"] }]
authorization:
  files: [./rules.cedar]
  time_zone: Europe/Berlin
`,
);
write(
  'rules.cedar',
  `@id("office-hours")
forbid (principal, action in Action::"use", resource)
unless { context.local.hour >= 8 && context.local.hour < 18 };

permit (principal in Team::"research", action == Action::"chat", resource)
when { context has purpose && context.purpose == "research" && context.spend.tokens_today < 1000 };
`,
);

async function gatehouse(...args: string[]) {
  let out = '';
  let err = '';
  const io = {
    ...outside,
    cwd: folder,
    out: (text: string) => {
      out += `${text}\n`;
    },
    err: (text: string) => {
      err += `${text}\n`;
    },
    json: (value: unknown) => {
      out += JSON.stringify(value);
    },
  };
  const code = await run(args, io, '0');
  return { code, out, err, json: () => JSON.parse(out) };
}
const policy = ['--policy', 'policy.yaml'];

suite('policy test', () => {
  const CASES = `version: 1
cases:
  - name: office
    caller: { roles: [app] }
    action: chat
    model: gpt-4o
    at: 2026-11-20T10:00:00Z
    expect: allow
    by: ["roles.app.allow[0]"]
  - name: evening
    caller: { roles: [app] }
    action: chat
    model: gpt-4o
    at: 2026-11-20T17:00:00Z
    expect: deny
    by: [office-hours]
  - { caller: { team: research }, action: chat, model: o1, purpose: research, expect: allow, by: ["rules.cedar:5"] }
  - { caller: { team: research }, action: chat, model: o1, purpose: research, spend: { tokens_today: 1000 }, expect: deny, by: [default] }
`;

  test('cases that are as expected', async () => {
    write('cases.yaml', CASES);
    const { code, out } = await gatehouse('policy', 'test', 'cases.yaml', ...policy);
    assert.deepEqual([code, out], [0, '4 of 4 cases are as expected.\n']);
  });

  test('a case that is not is named with what was decided', async () => {
    write('wrong.yaml', CASES.replace('expect: deny\n    by: [office-hours]', 'expect: allow'));
    const { code, out } = await gatehouse('policy', 'test', 'wrong.yaml', ...policy);
    assert.equal(code, 1);
    assert.match(out, /^✗ evening: expected allow, got deny by office-hours$/m);
    const { json } = await gatehouse('policy', 'test', 'wrong.yaml', ...policy, '--json');
    assert.deepEqual(
      json().cases.map(({ passed }: { passed: boolean }) => passed),
      [true, false, true, true],
    );
  });

  test('mistakes in the file are named with their line', async () => {
    write(
      'broken.yaml',
      `version: 1
cases:
  - { caller: {}, action: chatt, model: m, expect: allow }
  - { caller: {}, action: chat, expect: deny }
  - { caller: {}, action: chat, model: m, at: noon, from: home, expect: deny }
`,
    );
    const { code, err } = await gatehouse('policy', 'test', 'broken.yaml', ...policy);
    assert.equal(code, 3);
    for (const line of [
      /broken\.yaml:3:\d+ .*Did you mean “chat”/,
      /:4:\d+ .*needs a model/,
      /:5:\d+ .*cases\[2\]\.at/,
      /:5:\d+ .*from: must be an IP/,
    ])
      assert.match(err, line);
  });
});

suite('policy why', () => {
  test('says which rules held, and on what the others failed', async () => {
    const asked = ['--role', 'app', '--team', 'research', '--action', 'chat', '--model', 'gpt-x'];
    const when = ['--purpose', 'support', '--at', '2026-11-20T10:00:00Z'];
    const { code, out } = await gatehouse('policy', 'why', ...asked, ...when, ...policy);
    assert.equal(code, 0);
    assert.deepEqual(out.split('\n').slice(0, 5), [
      'allowed by roles.app.allow[0]',
      '  –  roles.app.deny[0]: not met: models',
      '  permits  roles.app.allow[0]',
      '  –  office-hours: not met: unless { (context.local.hour >= 8) && (context.local.hour < 18) }',
      '  –  rules.cedar:5: not met: when { context.purpose == "research" }',
    ]);
    assert.match(out, /policy sha256 [0-9a-f]{64}/);
  });

  test('a denial ends with 1, and JSON says the same', async () => {
    const { code, json } = await gatehouse(
      'policy',
      'why',
      '--role',
      'app',
      '--action',
      'chat',
      '--model',
      'gpt-4o',
      '--at',
      '2026-11-20T20:00:00Z',
      '--json',
      ...policy,
    );
    assert.equal(code, 1);
    const why = json();
    assert.deepEqual([why.allowed, why.by], [false, ['office-hours']]);
    assert.deepEqual(why.rules.find(({ id }: { id: string }) => id === 'rules.cedar:5').failed, 'principal');
  });
});

test('policy why --caller: as the gateway knows them', async () => {
  write(
    'gatehouse.yaml',
    'listen: { port: 0 }\nupstreams: { open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: ["*"] } }\n',
  );
  const made = await gatehouse('callers', 'create', 'lab-bot', '--team', 'research', '--json');
  assert.equal(made.code, 0, made.err);
  const asked = ['--caller', 'lab-bot', '--action', 'chat', '--model', 'o1', '--at', '2026-11-20T10:00:00Z'];
  const { out } = await gatehouse('policy', 'why', ...asked, '--purpose', 'research', '--tokens-today', '5');
  assert.match(out, /^allowed by rules\.cedar:5$/m);
  const nobody = await gatehouse('policy', 'why', '--caller', 'nobody', '--action', 'chat', '--model', 'o1');
  assert.match(nobody.err, /No caller has this id or name/);
});

test('policy matrix: Markdown, CSV and JSON', async () => {
  const { out } = await gatehouse('policy', 'matrix', ...policy);
  assert.match(out, /^\| action \| on \| app \|$/m);
  assert.match(
    out,
    /^\| `chat` \| Model \| some \(roles\.app\.allow\[0\], rules\.cedar:5, roles\.app\.deny\[0\], office-hours\) \|$/m,
  );
  assert.match(out, /^\| `callers.read` \| Admin \| {2}\|$/m);
  const csv = (await gatehouse('policy', 'matrix', '--csv', ...policy)).out;
  assert.match(csv, /^app,tool\.call,Tool,allow,\r?$/m);
});

test('policy cedar: the roles written out are a document that means the same', async () => {
  const { out } = await gatehouse('policy', 'cedar', ...policy);
  assert.match(
    out,
    /^@id\("app\.deny\.0"\)\nforbid \(principal in Role::"app", action in \[Action::"chat"\], resource\) when \{ resource\.name like "\*-secret" \};$/m,
  );
  write('roles.cedar', out);
  write('next.yaml', 'version: 1\nroles: {}\nauthorization: { files: [roles.cedar] }\n');
  const { code, out: said } = await gatehouse(
    'policy',
    'why',
    '--role',
    'app',
    '--action',
    'chat',
    '--model',
    'gpt-4o',
    '--policy',
    'next.yaml',
  );
  assert.equal(code, 0, said);
});

suite('policy check: documents', () => {
  const check = async (cedar: string) => {
    write('bad.cedar', cedar);
    write('bad.yaml', 'version: 1\nroles: {}\nauthorization: { files: [bad.cedar] }\n');
    const { code, err } = await gatehouse('policy', 'check', 'bad.yaml');
    assert.equal(code, 3);
    return err;
  };

  test('every mistake with its line and column', async () => {
    assert.match(
      await check('permit (principal, action, resource) when { 1 = };'),
      /bad\.cedar:1:49 .*unexpected token/,
    );
    assert.match(
      await check('\n// ä\npermit (principal, action == Action::"chatt", resource);'),
      /bad\.cedar:3:\d+ .*did you mean `Action::"chat"`/,
    );
    assert.match(
      await check('permit (principal, action, resource) when { context.utc.hour == "8" };'),
      /bad\.cedar:1:\d+ /,
    );
    assert.match(
      await check('permit (principal, action, resource) when { context.purpose == "x" };'),
      /bad\.cedar:1:\d+ .*purpose/,
    );
    assert.match(
      await check('forbid (principal, action == Action::"chat", resource is Tool);'),
      /bad\.cedar:1:1 .*(impossible|applicable)/,
    );
    assert.match(
      await check('permit (principal == ?principal, action, resource);'),
      /bad\.cedar:1:1 .*template/,
    );
    assert.match(await check('@id("roles.a") permit (principal, action, resource);'), /bad\.cedar:1:1 .*@id/);
    const twice = '@id("a") permit (principal, action, resource);\n';
    assert.match(await check(twice + twice), /bad\.cedar:2:1 .*already/);
  });

  test('files and zones that are not there', async () => {
    write(
      'bad.yaml',
      'version: 1\nroles: {}\nauthorization: { files: [none.cedar], time_zone: Mars/Base }\n',
    );
    const { err } = await gatehouse('policy', 'check', 'bad.yaml');
    assert.match(err, /bad\.yaml:3:\d+ .*files\[0\]: cannot be read/);
    assert.match(err, /time_zone: is no time zone/);
  });
});
