import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '../harness/upstream.ts';
import { ask, codeOf, gateway, lastEntry, one, open, start, status, two } from './lab.ts';

const LABELS = `guards:
  - use: patterns
    name: codename
    action: flag
    label: { sensitivity: restricted }
    patterns: [{ id: hit, match: "falcon", ignore_case: true }]
labels:
  rules: [{ set: { sensitivity: internal } }]
`;
const ANYWHERE = ', accepts: { sensitivity: [public, internal] }';
const AT_HOME = ', accepts: { sensitivity: ["*"] }';

test('a label that a guard set keeps the prompt in house, and stands in the ledger', async () => {
  await start('  m: { targets: [{ upstream: one }, { upstream: two, priority: 2 }] }', {
    policy: LABELS,
    oneMore: ANYWHERE,
    twoMore: AT_HOME,
  });
  assert.equal((await ask('the weather')).status, 200);
  assert.deepEqual([one.seen.length, two.seen.length], [1, 0]);
  assert.equal((await ask('about Falcon')).status, 200);
  assert.deepEqual([one.seen.length, two.seen.length], [1, 1]);
  const begin = gateway.entries().at(-2) as { labels?: unknown; upstream?: string };
  assert.deepEqual(begin.labels, { sensitivity: ['internal', 'restricted'] });
  assert.equal(begin.upstream, 'two');
});

test('no fallback, retry, breaker or canary leads a labelled prompt elsewhere', async () => {
  await start(
    `  m:
    targets:
      - { upstream: two, priority: 1 }
      - { upstream: one, priority: 2 }
      - { upstream: one, model: new, canary: { share: 100% } }
    retries: 4
    idempotent: true
    backoff: 1ms
    breaker: { attempts: 2, pause: 1h }`,
    { policy: LABELS, oneMore: ANYWHERE, twoMore: AT_HOME },
  );
  for (const script of [status(503), status(429), status(500), ((res) => void res.destroy()) as Script]) {
    two.script = script;
    assert.notEqual((await ask('about falcon')).status, 200);
  }
  const open = await ask('falcon again');
  assert.equal(open.status, 503, 'the breaker is open, and there is nobody else');
  assert.equal(one.seen.length, 0);
});

test('no target takes the label: refused, and nothing leaves', async () => {
  await start('  m: { targets: [{ upstream: one }, { upstream: two }] }', {
    policy: LABELS,
    oneMore: ANYWHERE,
    twoMore: ANYWHERE,
  });
  const answer = await ask('about falcon');
  assert.deepEqual([answer.status, await codeOf(answer)], [403, 'no_target']);
  assert.deepEqual([one.seen.length, two.seen.length], [0, 0]);
  assert.deepEqual([lastEntry().kind, lastEntry().code], ['request.refused', 'no_target']);
});

test('a plain list of models has labels too', async () => {
  await start('  other: { targets: [{ upstream: two }] }', {
    policy: LABELS,
    oneMore: ', models: [m], accepts: { sensitivity: [internal] }',
  });
  assert.equal((await ask('the weather')).status, 200);
  assert.equal((await ask('about falcon')).status, 403);
  assert.equal(one.seen.length, 1);
});

test('labels from tags of the caller, and from guards that could not look', async () => {
  const broken = {
    kind: 'broken',
    about: 'Throws when the text says so.',
    settings: { type: 'object', properties: {} },
    build: (name: string) => ({
      name,
      open: () => {
        let text = '';
        const read = () => {
          if (text.includes('trouble')) throw new Error('no');
          return { clear: text.length, found: [] };
        };
        return {
          push: (more: string) => {
            text += more;
            return { clear: 0, found: [] };
          },
          end: read,
        };
      },
    }),
    proof: { settings: {}, catches: [], passes: [] },
  };
  await open({
    upstream: one.url,
    upstreams: `  one: { dialect: openai, url: "${one.url}/v1", key: k, accepts: { region: [us] } }
  two: { dialect: openai, url: "${two.url}/v1", key: k, accepts: { region: ["*"], sensitivity: [restricted] } }`,
    settings: 'routes: { m: { targets: [{ upstream: one }, { upstream: two, priority: 2 }] } }',
    policy:
      'guards: [{ use: broken, on_error: allow, label: { sensitivity: restricted } }]\nlabels: { tags: [region] }\n',
    kinds: [broken],
  });
  assert.equal((await ask('fine')).status, 200);
  assert.deepEqual([one.seen.length, two.seen.length], [1, 0]);
  assert.equal((await ask('trouble')).status, 200);
  assert.deepEqual([one.seen.length, two.seen.length], [1, 1], 'what nobody has read may be anything');
  const created = await fetch(`${gateway.url}/admin/v1/callers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminKey}` },
    body: JSON.stringify({ name: 'european', owner: 'o', team: 't', roles: ['app'], tags: { region: 'eu' } }),
  });
  const { key } = (await created.json()) as { key: string };
  const answer = await gateway.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: 'fine' }] },
    { authorization: `Bearer ${key}` },
  );
  assert.equal(answer.status, 200);
  assert.deepEqual([one.seen.length, two.seen.length], [1, 2]);
});
