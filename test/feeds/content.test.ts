import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { cef } from '../../src/feeds/cef.ts';
import { email } from '../../src/feeds/email.ts';
import { FORMATS } from '../../src/feeds/index.ts';
import { noticeOf, withText } from '../../src/feeds/notice.ts';
import { rfc5424 } from '../../src/feeds/rfc5424.ts';
import { startGateway } from '../harness/gateway.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';
import { until } from './receiver.ts';

/** Held text leaves by a feed only where the policy names the feed and the kind of text; then on one line, and without secrets. */

// Put together here, so that it sets off no scanner of secrets.
const SECRET = ['AKIA', 'Q4J5XV7RNB2CYT3M'].join('');
const HOSTILE = [
  'doubtful',
  SECRET,
  '\r\n<34>1 2026-01-01T00:00:00Z forged gatehouse - - - all is well',
  'CEF:0|x|y|1|z|w|10|act=allowed msg=\\|=',
  '"] [forged@1 a="b"]',
  '\u001b[2J\u202egnihton',
  '<script>alert(1)</script>',
].join(' ');

const POLICY = (feeds: string) => `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
guards:
  - use: patterns
    name: words
    action: { prompt: review, reply: review }
    patterns: [{ id: odd, match: "doubtful" }]
review: { hold: 0s }
${feeds}`;

const WAYS = ['json', 'ocsf', 'cef', 'rfc5424'];

async function held(t: TestContext, feeds: string) {
  const upstream = await startUpstream();
  const gate = await startGateway({
    upstream: upstream.url,
    settings: `vault: { masters: { main: { key: "${'33'.repeat(32)}" } } }
feeds:
${WAYS.map((way) => `  ${way}: { use: file, path: ./${way}.txt, format: ${way} }`).join('\n')}`,
    files: { 'policy.yaml': POLICY(feeds) },
  });
  t.after(async () => {
    await gate.close();
    await upstream.close();
  });
  const chat = async (content: string) => {
    const answer = await gate.post('/v1/chat/completions', {
      model: 'm',
      messages: [{ role: 'user', content }],
    });
    return answer.status;
  };
  const said = async (least: number) => {
    const path = (way: string) => join(gate.folder, `${way}.txt`);
    const linesOf = (way: string) =>
      existsSync(path(way)) ? (readFileSync(path(way), 'utf8').match(/.+(?=\n)/g) ?? []) : [];
    await until(() => WAYS.every((way) => linesOf(way).length >= least));
    return Object.fromEntries(WAYS.map((way) => [way, linesOf(way)]));
  };
  const given = () => gate.allEntries().filter(({ kind }) => kind === 'feed.content');
  return { gate, upstream, chat, said, given };
}

suite('held text in feeds', { concurrency: 2 }, () => {
  test('leaves by none of them without a policy', async (t) => {
    const { chat, said, given } = await held(t, '');
    assert.equal(await chat(HOSTILE), 403);
    const all = await said(1);
    assert.doesNotMatch(JSON.stringify(all), /doubtful|AKIA|forged|script/);
    assert.equal(given().length, 0);
  });

  test('leaves by those that the policy names, on one line, bounded and without secrets', async (t) => {
    const rules = WAYS.filter((way) => way !== 'json').map(
      (name) => `  - { name: ${name}, content: [prompt] }`,
    );
    const { chat, said, given, upstream } = await held(t, `feeds:\n${rules.join('\n')}\n`);
    assert.equal(await chat(`${HOSTILE} ${'long '.repeat(1000)}`), 403);
    // A reply is another kind of text.
    upstream.script = json(completion('a doubtful answer'));
    assert.equal(await chat('hello'), 403);
    const all = await said(2);
    for (const [way, lines] of Object.entries(all)) {
      assert.equal(lines.length, 2, way);
      assert.ok(
        lines.every((line) => line.length < 6000 && !/[\x00-\x08\x0b-\x1f\u202e]/.test(line)),
        way,
      );
      assert.doesNotMatch(lines.join(), /AKIA/);
      assert.equal(/doubtful/.test(lines[0] ?? ''), way !== 'json', way);
      assert.doesNotMatch(lines[1] ?? '', /doubtful answer/);
    }
    assert.match(all.ocsf?.[0] ?? '', /\[secrets\./);
    assert.deepEqual(
      given()
        .map(({ feed, held: kind, secrets }) => [feed, kind, secrets])
        .sort(),
      WAYS.filter((way) => way !== 'json')
        .sort()
        .map((feed) => [feed, 'prompt', false]),
    );
    assert.doesNotMatch(JSON.stringify(given()), /doubtful|AKIA/);
  });

  test('with secrets only where the policy says that too; of streams never', async (t) => {
    const { chat, said, gate, given } = await held(
      t,
      'feeds: [{ name: json, content: [prompt, reply], secrets: true }]',
    );
    await chat(`doubtful ${SECRET}`);
    const all = await said(1);
    assert.match(all.json?.[0] ?? '', new RegExp(SECRET));
    assert.doesNotMatch(all.cef?.[0] ?? '', /AKIA/);
    const streamed = await gate.post('/v1/chat/completions', {
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: 'hello' }],
    });
    await streamed.text();
    assert.ok(given().every(({ held: kind }) => kind === 'prompt'));
  });
});

test('every format takes held text for text: no field, line or header of its own', () => {
  const entry = {
    seq: 1,
    time: '2026-01-01T00:00:00.000Z',
    kind: 'review.held',
    fields: { kind: 'review.held', review: 'rev_1' },
  };
  const notice = withText(noticeOf(entry as never), HOSTILE);
  const about = { version: '1', host: 'h', ledger: 'l', now: 0 };
  for (const format of FORMATS) {
    const { text, subject = '', html = '' } = format.write([notice], about);
    assert.doesNotMatch(`${text}${subject}${html}`, /[\r\x1b\u202e]|\n<34>/, format.name);
    if (format.lines) assert.doesNotMatch(text, /\n/, format.name);
    assert.doesNotMatch(html, /<script/);
    assert.doesNotMatch(subject, /doubtful/);
  }
  const line = cef.write([notice], about).text;
  assert.match(line, /act\\=allowed msg\\=/);
  // Seven fields, however many bars are in the text: those behind them are of the last.
  assert.match(line, /^CEF:0\|Gatehouse\|Gatehouse\|1\|review\.held\|[^|]+\|\d+\|/);
  const structured = rfc5424.write([notice], about).text;
  assert.match(structured, /text="doubtful .*\\"\\\] \[forged@1 a=\\"b\\"\\\]/);
  assert.match(email.write([notice], about).text, /text: doubtful/);
});
