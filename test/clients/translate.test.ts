import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DIALECTS } from '../../src/dialects/index.ts';
import { LABEL } from '../../src/practice/reply.ts';
import { startPractice } from '../../src/practice/server.ts';
import { GUARDS, startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { BODIES } from './matrix/bodies.ts';
import { type Client, clientsOf } from './matrix/clients.ts';
import { RESULT } from './matrix/scene.ts';
import { ANSWERS, speakAll } from './matrix/upstream.ts';

// Every client library against a server of every dialect: text, tools and pictures, whole and streamed.

process.env.AI_SDK_LOG_WARNINGS = 'false';
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

let upstream: ScriptedUpstream;
let practice: Awaited<ReturnType<typeof startPractice>>;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream(speakAll);
  practice = await startPractice();
  gateway = await startGateway({
    upstream: upstream.url,
    upstreams: DIALECTS.map(({ name }) => {
      const url =
        name === 'anthropic' ? upstream.url : `${upstream.url}/${name === 'gemini' ? 'v1beta' : 'v1'}`;
      return `  up-${name}: { dialect: ${name}, url: "${url}", models: [{ name: on-${name}, as: inner }] }
  practice-${name}: { practice: true, dialect: ${name}, models: [practice-${name}] }`;
    }).join('\n'),
    policy: `${GUARDS}\nmedia: { allow: ["image/*"] }\n`,
    replace: (options) => ({ ...options, parts: { ...options.parts, practice } }),
  });
});
after(async () => {
  await gateway.close();
  await practice.close();
  await upstream.close();
});

const clients = (): readonly Client[] => clientsOf(gateway.url, gateway.key);
const all = clientsOf('http://127.0.0.1:9', 'no key');
const SCENES = ['text', 'tools', 'image'] as const;
/** Ids that the servers give to their calls. */
const CALL_IDS: Readonly<Record<string, string>> = {
  openai: 'call_1',
  anthropic: 'toolu_1',
  // It gives none; these are the gateway's.
  gemini: 'call-r-1-0-0',
};
const SAYS = { text: ANSWERS.text, tools: ANSWERS.final, image: ANSWERS.image };

for (const [at, { name, operation, strict, toolChoice, result = RESULT }] of all.entries()) {
  for (const dialect of DIALECTS.map((one) => one.name)) {
    const translated = !operation.startsWith(`${dialect}.`);
    for (const stream of [false, true]) {
      // The scripted server has one endpoint of each dialect.
      for (const scene of operation === 'openai.responses' && !translated ? [] : SCENES) {
        const how = stream ? ', streamed' : '';
        test(`${name} to ${dialect}: ${scene}${how}`, async () => {
          const client = clients()[at] as Client;
          const from = upstream.seen.length;
          const heard = await client[scene]({ model: `on-${dialect}`, stream });
          assert.equal(heard.text, SAYS[scene]);
          assert.deepEqual([heard.input, heard.output], [5, 7]);
          if (scene === 'tools') assert.deepEqual(heard.called, ANSWERS.call.arguments);
          if (!translated) return;
          const bodies = upstream.seen.slice(from).map(({ body }) => body);
          const asked = { stream, strict, toolChoice, callId: CALL_IDS[dialect] ?? '', result };
          assert.deepEqual(bodies, BODIES[dialect]?.(asked)[scene]);
        });
      }
    }

    test(`${name} to the practice model in ${dialect}`, async () => {
      const client = clients()[at] as Client;
      for (const stream of [false, true]) {
        const said = await client.text({ model: `practice-${dialect}`, stream });
        assert.ok(said.text.startsWith(LABEL), said.text);
        const asked = await client.tools({ model: `practice-${dialect}`, stream });
        assert.match(asked.text, /18 degrees/);
        assert.equal(typeof (asked.called as { city?: unknown }).city, 'string');
      }
    });
  }
}
