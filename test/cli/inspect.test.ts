import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gatehouse, tempFolder } from '../harness/cli.ts';
import { SAMPLE_KEY } from '../harness/clients.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const SECRET = `the key is ${SAMPLE_KEY}, and more`;

/** `inspect` with something on standard input. */
async function piped(input: string | Uint8Array, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, 'inspect', ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err, lines: out.split('\n').filter((line) => line !== '') };
}

suite('gatehouse inspect', () => {
  test('shows what was found, in words, with the stretch marked', async (t) => {
    const folder = tempFolder(t);
    const { code, out } = await gatehouse(folder, ['inspect', '--task', 'secret', '--text', SECRET]);
    assert.equal(code, 1);
    assert.match(out, /^1 finding \(score 1\.000\)\n\n {2}OPENAI_KEY at 11–\d+ \(secrets\.openai_key\)\n/);
    assert.ok(out.includes(`the key is ⟦${SAMPLE_KEY.slice(0, 30)}`));
  });

  test('what is clean ends with 0, and a file is named where there are several', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'a.txt'), '\ufeffhello');
    writeFileSync(join(folder, 'b.txt'), `${SECRET}\u001b[31m`);
    assert.deepEqual(await gatehouse(folder, ['inspect', '--task', 'secret', 'a.txt']), {
      code: 0,
      out: 'nothing found (score 0.000)\n',
      err: '',
    });
    const both = await gatehouse(folder, ['inspect', '--task', 'secret', 'a.txt', 'b.txt']);
    assert.equal(both.code, 1);
    assert.match(both.out, /^a\.txt: nothing found .*\nb\.txt: 1 finding/);
    assert.ok(!both.out.includes('\u001b'));
    const { out } = await gatehouse(folder, ['inspect', '--task', 'secret', '--json', 'a.txt', 'b.txt']);
    const said = JSON.parse(out) as { file: string; flagged: boolean }[];
    assert.deepEqual(
      said.map(({ file, flagged }) => [file, flagged]),
      [
        ['a.txt', false],
        ['b.txt', true],
      ],
    );
  });

  test('says what it cannot read, what is no text, and what is wrong with the words', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'bytes'), new Uint8Array([0xff, 0xfe, 0]));
    const code = async (...args: string[]) => (await gatehouse(folder, ['inspect', ...args])).code;
    assert.equal(await code('missing.txt'), 4);
    assert.equal(await code('bytes'), 2);
    assert.equal(await code('--task', 'everything', '--text', 'x'), 3);
    assert.equal(await code('--role', 'god', '--text', 'x'), 3);
    assert.equal(await code('--jsonl', 'missing.jsonl'), 4);
  });

  test('a policy brings its own guards, and says what becomes of findings', async (t) => {
    const folder = tempFolder(t);
    const policy = `version: 1
roles: {}
guards:
  - { use: patterns, name: house, action: flag, patterns: [{ id: codename, words: [project heron] }] }
`;
    writeFileSync(join(folder, 'policy.yaml'), policy);
    const { code, out } = await gatehouse(folder, [
      'inspect',
      '-p',
      'policy.yaml',
      '--text',
      'Project Heron flies',
    ]);
    assert.equal(code, 1);
    assert.match(out, /CODENAME at 0–13 \(house\.codename, action flag\)/);
    const args = ['inspect', '-p', 'policy.yaml', '--task', 'pii', '--text', 'x'];
    const undecided = await gatehouse(folder, args);
    assert.equal(undecided.code, 2);
    assert.match(undecided.err, /No guard here looks for “pii”/);
  });
});

suite('gatehouse inspect --jsonl', () => {
  test('a line for a line, in order, whatever the lines are like', async () => {
    const rows = [
      '\ufeff{"text":"hello","task":"secret"}\r\n',
      '\n',
      `{"id":"b","text":${JSON.stringify(SECRET)},"task":"secret","label":1}\n`,
      '{"id":12345678901234567890,"text":"","role":"tool","task":["secret"]}\r\n',
      '{bad\n',
      '{"id":"c","text":5}\n',
      '[]\n',
      '{"id":{},"text":""}\n',
      '{"text":"\\ud800","task":"secret"}',
    ];
    const bytes = Buffer.concat([
      Buffer.from(rows.slice(0, 4).join('')),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(rows.slice(4).join('')),
    ]);
    const { code, lines, err } = await piped(bytes, '--jsonl');
    assert.equal(code, 2);
    assert.match(err, /5 lines were not answered/);
    assert.equal(lines[2], '{"id":12345678901234567890,"score":0,"flagged":false,"spans":[],"findings":[]}');
    const said = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      said.map(({ id, flagged, error }) => [id, flagged ?? error.code]),
      [
        [1, false],
        ['b', true],
        [Number('12345678901234567890'), false],
        [null, 'body_unreadable'],
        [null, 'body_not_json'],
        ['c', 'request_invalid'],
        [null, 'request_invalid'],
        [null, 'request_invalid'],
        [10, false],
      ],
    );
    const start = SECRET.indexOf(SAMPLE_KEY);
    assert.deepEqual(said[1].spans, [{ start, end: start + SAMPLE_KEY.length, type: 'OPENAI_KEY' }]);
    assert.equal(said[1].score, 1);
  });

  test('lines of a megabyte, and one without end', async () => {
    const long = JSON.stringify({
      id: 1,
      text: `${'words and '.repeat(100_000)}${SAMPLE_KEY}`,
      task: 'secret',
    });
    const endless = JSON.stringify({ id: 2, text: 'x'.repeat(33 * 1024 * 1024) });
    const { code, lines } = await piped(
      `${long}\n${endless}\n{"id":3,"text":"","task":"secret"}\n`,
      '--jsonl',
    );
    assert.equal(code, 2);
    const said = lines.map((line) => JSON.parse(line));
    assert.equal(said[0].spans[0].start, 1_000_000);
    assert.equal(said[1].error.code, 'body_too_large');
    assert.deepEqual([said[2].id, said[2].flagged], [3, false]);
  });

  test('an answer comes before the next question is asked', async () => {
    const child = spawn(process.execPath, [MAIN, 'inspect', '--jsonl', '--task', 'secret']);
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const id of ['first', 'second']) {
      child.stdin.write(`${JSON.stringify({ id, text: 'hello' })}\n`);
      const { value } = await answers.next();
      assert.equal((JSON.parse(value ?? '') as { id: string }).id, id);
    }
    child.stdin.end();
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  });

  test('whoever stops reading ends it quietly', async () => {
    const child = spawn(process.execPath, [MAIN, 'inspect', '--jsonl', '--task', 'secret']);
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end(`${JSON.stringify({ text: SECRET })}\n`.repeat(20_000));
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
    assert.equal(err, '');
  });
});

suite('gatehouse guard', () => {
  test('explains what every guard says', async (t) => {
    const { code, out } = await gatehouse(tempFolder(t), [
      'guard',
      'explain',
      '--task',
      'secret',
      '--text',
      SECRET,
    ]);
    assert.equal(code, 1);
    assert.match(out, /^secrets: 1 found; score 1\.000, findings begin at 0\.5\n/);
  });

  test('tests what is expected of the guards', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(join(folder, 'letter.txt'), SECRET);
    writeFileSync(
      join(folder, 'cases.yaml'),
      `version: 1
cases:
  - { name: a letter, file: letter.txt, task: secret, expect: flagged, type: OPENAI_KEY }
  - { text: good morning, task: secret, expect: clean }
  - { name: wrong, file: letter.txt, task: secret, expect: clean }
`,
    );
    const { code, out } = await gatehouse(folder, ['guard', 'test', 'cases.yaml']);
    assert.equal(code, 1);
    assert.match(out, /✓ +a letter +OPENAI_KEY +OPENAI_KEY +1\.000\n.*✓ +case 2 +clean +clean +0\.000\n/);
    assert.match(out, /✗ +wrong +clean +OPENAI_KEY +1\.000\n2 of 3 cases are as expected\.\n$/);
    writeFileSync(join(folder, 'bad.yaml'), 'version: 1\ncases:\n  - { expect: clean, type: X }\n');
    const bad = await gatehouse(folder, ['guard', 'test', 'bad.yaml']);
    assert.equal(bad.code, 3);
    assert.match(bad.err, /bad\.yaml:3:\d+ .*must have “text” or “file”/);
  });
});
