import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyFiles } from '../../src/ledger/verify-files.ts';
import { bytesOf, RawClient, readWhole } from './clients.ts';
import { askOf, Scene, until } from './scene.ts';
import { begins, eventsOf, says } from './upstream-scripts.ts';

const PATIENT = 60_000;
const STREAM = askOf('openai', 'stream');
const PLAIN = askOf('openai', 'plain');

/** Asks for a stream that stays open after its first word, until it is told to go on. */
async function openStream(scene: Scene) {
  let held: ServerResponse | undefined;
  let rest = '';
  scene.upstream.script = begins((res, seen) => {
    held = res;
    rest = eventsOf(seen, ['Hel', 'lo']).slice(2).join('');
  });
  const answer = readWhole(scene, STREAM);
  await until('the stream has begun', () => held !== undefined);
  scene.upstream.script = says('Hello');
  return { answer, goOn: () => held?.end(rest) };
}

test('a drain refuses what is new, finishes what is open, and signs the ledger', async () => {
  const scene = await Scene.open(PATIENT);
  try {
    const stream = await openStream(scene);
    const late = await RawClient.connect(scene);
    const { head, body } = bytesOf(scene, PLAIN);
    late.send(head.slice(0, 20));
    // So that the gateway has read it: a connection without a request on its way is closed at once.
    assert.equal((await fetch(`${scene.gateway.url}/healthz`)).status, 200);
    const closed = scene.gateway.gateway.close();
    late.send(head.slice(20) + body);
    assert.equal(await late.closed(PLAIN), '503 shutting_down');
    await assert.rejects(RawClient.connect(scene), 'nobody listens any more');

    stream.goOn();
    assert.equal(await stream.answer, '200 “Hello”, then the end');
    await closed;
    const [refused, end, stop] = scene.gateway.entries().slice(-3);
    assert.deepEqual([refused?.kind, refused?.code], ['request.refused', 'shutting_down']);
    assert.deepEqual([end?.kind, end?.outcome], ['request.end', 'completed']);
    assert.equal(stop?.kind, 'system.stop');
    const report = await verifyFiles({ ledger: join(scene.gateway.folder, 'gatehouse-data', 'ledger') });
    assert.deepEqual([report.outcome, report.unsigned, report.tornBytes], ['ok', 0, 0]);
  } finally {
    await scene.close();
  }
});

test('a bad configuration changes nothing; a good one is for new requests, and open streams keep theirs', async () => {
  const scene = await Scene.open(PATIENT);
  try {
    const file = join(scene.gateway.folder, 'policy.yaml');
    const policy = readFileSync(file, 'utf8');
    const { house } = scene.gate;
    for (const bad of [
      'guards: [',
      `${policy}  - use: unheard-of\n`,
      policy.replace('version: 1', 'version: 2'),
    ]) {
      writeFileSync(file, bad);
      await assert.rejects(scene.gateway.gateway.reload());
      assert.equal(scene.gate.house, house);
      assert.equal(await readWhole(scene, PLAIN), '200 “Hello”');
    }

    const stream = await openStream(scene);
    const stricter = `${policy.replace('concurrency: 1', 'concurrency: 2')}  - use: patterns
    patterns: [{ id: greeting, match: Hello }]
`;
    writeFileSync(file, stricter);
    await scene.gateway.gateway.reload();
    assert.notEqual(scene.gate.house, house);
    assert.equal(await readWhole(scene, PLAIN), '403 reply_blocked');
    stream.goOn();
    assert.equal(await stream.answer, '200 “Hello”, then the end');
    await scene.idle();
    const [begin] = scene.gateway
      .entries()
      .filter(({ kind }) => kind === 'request.begin')
      .slice(-2);
    assert.equal(begin?.policy, house.policy.hash, 'the ledger names the policy that the stream came under');
  } finally {
    await scene.close();
  }
});
