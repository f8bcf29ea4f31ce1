import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createGuards, type Finding } from './guards.ts';

const KEY = ['sk-proj-', 'Zx8Kq2Vw7Rt1Yb5Nc3Md', 'T3BlbkFJ', 'Hg6Jf4Ds9Pa0Lo2Ie8Uz'].join('');
const TEXT = `one ${KEY} two CASE-2031-12345 three`;
const guards = createGuards({
  guards: [
    { use: 'secrets' },
    { use: 'patterns', name: 'house', patterns: [{ id: 'case', match: '\\bCASE-\\d{4}-\\d{5}\\b' }] },
  ],
});

suite('guards as a library', () => {
  test('a text is inspected, by task', async () => {
    const all = await guards.inspect(TEXT);
    assert.deepEqual(
      all.spans.map(({ type }) => type),
      ['OPENAI_KEY', 'CASE'],
    );
    const one = await guards.inspect(TEXT, { task: 'secret' });
    assert.equal(one.spans.length, 1);
    await assert.rejects(guards.inspect(TEXT, { task: 'pii' }), { code: 'unsupported' });
  });

  test('messages are read with the role of whoever wrote each part', async () => {
    const said = await guards.inspectMessages([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [{ type: 'tool_result', content: KEY }, { type: 'text', text: 'look' }, { type: 'image' }],
      },
      { role: 'wizard', content: 'hi' },
      { role: 'assistant', content: null },
    ]);
    assert.equal(said.flagged, true);
    assert.equal(said.unread, 1);
    assert.deepEqual(
      said.texts.map(({ message, role, flagged }) => [message, role, flagged]),
      [
        [0, 'system', false],
        [1, 'tool', true],
        [1, 'user', false],
        [2, 'document', false],
      ],
    );
  });

  test('calls of tools are read wherever the API has them', async () => {
    const call = { type: 'function', function: { name: 'mail', arguments: JSON.stringify({ body: KEY }) } };
    const said = await guards.inspectMessages([{ role: 'assistant', content: null, tool_calls: [call] }]);
    assert.equal(said.flagged, true);
  });

  test('a document in the message of a user is a document', async () => {
    const source = { type: 'text', media_type: 'text/plain', data: KEY };
    const { texts } = await guards.inspectMessages([
      {
        role: 'user',
        content: [
          { type: 'document', source },
          { type: 'text', text: 'look' },
        ],
      },
    ]);
    assert.deepEqual(
      texts.map(({ role, flagged }) => [role, flagged]),
      [
        ['document', true],
        ['user', false],
      ],
    );
  });

  test('no more text is on hold than a text may have', async () => {
    const whole = createGuards({ guards: [{ use: 'secrets', stream: 'whole' }] });
    const redactor = whole.redactor();
    const piece = 'a'.repeat(1024 * 1024);
    await assert.rejects(async () => {
      for (let i = 0; i < 5; i++) await redactor.push(piece);
    }, RangeError);
  });

  test('a text of nothing but findings is covered', async () => {
    for (const stream of ['exact', 'window']) {
      const many = createGuards({
        guards: [{ use: 'patterns', stream, patterns: [{ id: 'x', match: 'x' }] }],
      }).redactor();
      const covered = (await many.push('xy'.repeat(200_000))) + (await many.end());
      assert.equal(covered.length, 200_000 * '[patterns.x]y'.length);
    }
  });

  test('a role that is none is refused, not read as harmless', async () => {
    const role = 'developer' as 'user';
    await assert.rejects(guards.inspect(TEXT, { role }), TypeError);
    assert.throws(() => guards.redactor({ role }), TypeError);
  });

  test('a text that was stopped gives nothing more', async () => {
    const redactor = guards.redactor({
      onFinding: () => {
        throw new Error('stop');
      },
    });
    await assert.rejects(async () => {
      await redactor.push(TEXT);
      await redactor.end();
    }, /stop/);
    await assert.rejects(redactor.end(), /stop/);
    await assert.rejects(redactor.push('more'), /stop/);
  });

  test('however a text is cut, the same is covered and told', async () => {
    const whole = await guards.redact(TEXT, { role: 'assistant' });
    assert.equal(whole.text, 'one [secrets.openai_key] two [house.case] three');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(TEXT.length), { maxLength: 8 }), async (cuts) => {
        const told: Finding[] = [];
        const redactor = guards.redactor({ onFinding: (finding) => void told.push(finding) });
        const at = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
        let out = '';
        for (let i = 1; i < at.length; i++) out += await redactor.push(TEXT.slice(at[i - 1], at[i]));
        out += await redactor.end();
        assert.equal(out, whole.text);
        assert.deepEqual(told, whole.findings);
      }),
      { numRuns: 50 },
    );
  });

  test('a stream ends where its owner throws, before the text is shown', async () => {
    const stop = () => {
      throw new Error('stopped');
    };
    const shown: string[] = [];
    const read = async () => {
      const stream = new Blob([TEXT]).stream().pipeThrough(new TextDecoderStream());
      for await (const piece of stream.pipeThrough(guards.stream({ onFinding: stop }))) shown.push(piece);
    };
    await assert.rejects(read(), { message: 'stopped' });
    assert.ok(!shown.join('').includes(KEY));
  });

  test('what cannot be used is refused when the guards are made', () => {
    assert.throws(() => createGuards({ guards: [{ use: 'magic' }] }), /guards\[0\]\.use: must be one of/);
    assert.throws(
      () => createGuards({ policy: 'version: 1\nroles: {}\nguards: [{ use: secrets, colour: red }]\n' }),
      /colour/,
    );
  });

  test('a text beyond the bound is refused', async () => {
    await assert.rejects(guards.inspect('x'.repeat(4 * 1024 * 1024 + 1)), RangeError);
  });
});
