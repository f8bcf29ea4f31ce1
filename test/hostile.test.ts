// Found in review: ways to hurt the gateway itself, kept as tests.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { inspectPrompt, openInspection } from '../src/gateway/inspect/inspect.ts';
import { StreamInspection } from '../src/gateway/inspect/stream.ts';
import { eventOf, post, watchOf, wordGuard } from '../src/gateway/inspect/testing.ts';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { chunks, completion, json, type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (more: object = {}) => ({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more });
const poolOf = () => {
  const open = gateway.gateway.gate.house.upstreams.get('open');
  assert.ok(open !== undefined);
  return open.pool.stats;
};

test('a compressed answer that breaks lets go of its connection', async () => {
  const whole = zlib.gzipSync(JSON.stringify(completion('x'.repeat(500_000))));
  const broken = Buffer.concat([whole.subarray(0, 60), Buffer.alloc(200_000, 7)]);
  upstream.script = (res) => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    res.write(broken);
  };
  for (let i = 0; i < 5; i++) assert.equal((await gateway.post('/v1/chat/completions', ask())).status, 502);
  upstream.script = json(completion('fine'));
  assert.equal((await gateway.post('/v1/chat/completions', ask())).status, 200);
  assert.equal(poolOf().running, 0);
  assert.equal(poolOf().pending, 0);
});

test('rubbish behind a request does not get into the answer that is under way', async () => {
  let finish: () => void = () => {};
  const going = new Promise<void>((resolve) => {
    finish = resolve;
  });
  upstream.script = async (res) => {
    const [role, one, ...rest] = chunks(['one ', 'two']);
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`${role}${one}`);
    await going;
    res.end(rest.join(''));
  };
  const { hostname, port } = new URL(gateway.url);
  const body = JSON.stringify(ask({ stream: true }));
  const socket = net.connect(Number(port), hostname);
  let got = '';
  socket.on('data', (data) => {
    got += data;
    if (!got.includes('one ')) return;
    socket.write('GARBAGE\r\n\r\n');
    setTimeout(finish, 50);
  });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${gateway.key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await new Promise((resolve) => socket.on('close', resolve));
  assert.equal(got.match(/HTTP\/1\.1/g)?.length, 1);
});

test('many parts with many findings are read in time that grows with their number', async () => {
  const reads = { count: 0 };
  const guard = wordGuard('x');
  const counted = post({
    name: 'counted',
    open: (about) => {
      const reader = guard.open(about);
      return {
        push(text) {
          reads.count += text.length;
          return reader.push(text);
        },
        end: () => reader.end(),
      };
    },
  });
  const flagged = { ...counted, action: { prompt: 'flag', reply: 'flag' } as const, budget: 60_000 };
  const slots = Array.from({ length: 50_000 }, (_, i) => ({
    path: `/${i}`,
    provenance: 'user' as const,
    format: 'text' as const,
    text: 'x',
    fixed: false,
    delta: false,
    joined: 'm',
    set: () => {},
  }));
  const prompt = { model: 'm', stream: false, choices: 1, maxOutput: 1, slots, opaque: [], body: {} };
  await inspectPrompt(prompt, openInspection(watchOf([flagged]), 'prompt'));
  assert.equal(reads.count, 100_000, 'each text once alone and once joined');
});

test('a long stream that is held whole is gone through once, at its end', async () => {
  const hold = post({
    name: 'whole',
    open: () => {
      let length = 0;
      const push = (text: string) => {
        length += text.length;
        return { clear: 0, found: [] };
      };
      return { push, end: () => ({ clear: length, found: [] }) };
    },
  });
  const stream = new StreamInspection(
    openInspection(watchOf([{ ...hold, budget: 60_000 }]), 'reply'),
    10_000_000,
  );
  let looks = 0;
  const total = 30_000;
  for (let i = 0; i < total; i++) {
    const event = eventOf('0/content', 'word ');
    const spied = Object.defineProperty({ ...event }, 'divisible', {
      get: () => {
        looks++;
        return true;
      },
    });
    await stream.push(spied);
  }
  assert.equal(stream.take().value, '');
  await stream.push(eventOf('', '', { last: true }));
  assert.equal(stream.take().value.length, total * '0/content=word ;'.length + '=;'.length);
  assert.ok(looks <= total, `looked at ${looks} events`);
});
