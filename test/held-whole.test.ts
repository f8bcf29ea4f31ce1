import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readChatStream, startGateway } from './harness/gateway.ts';
import { chunks, sse, startUpstream } from './harness/upstream.ts';

/** Found by the story (docs/story.md): a stream that is held whole was read as if it were not. */
suite('a stream that policy holds whole is read like a text that is not streamed', () => {
  const said = 'ann.lindqvist@fjordpost.example.com, +46 8 463 07 19, 4539 5787 6362 1486';
  const written = {
    'in Base64': Buffer.from(said).toString('base64'),
    'in hex': Buffer.from(said).toString('hex'),
    'with a sign between any two characters': [...said].join('.'),
  };
  for (const [stream, masks] of [
    ['whole', true],
    ['exact', false],
  ] as const)
    test(`stream: ${stream}`, async (t) => {
      const upstream = await startUpstream();
      const gateway = await startGateway({
        upstream: upstream.url,
        policy: `guards:\n  - { use: pii, on: [reply], action: mask, stream: ${stream} }\n`,
      });
      t.after(async () => {
        await gateway.close();
        await upstream.close();
      });
      for (const [way, text] of Object.entries(written)) {
        upstream.script = sse(chunks(`Here: ${text}`.match(/.{1,9}/g) ?? []));
        const answer = await gateway.post('/v1/chat/completions', {
          model: 'm',
          stream: true,
          messages: [{ role: 'user', content: 'hello' }],
        });
        const { content } = readChatStream(await answer.text());
        assert.equal(/\[pii\.\w+\]/.test(content[0] ?? ''), masks, `${way}: ${content[0]}`);
        if (masks) assert.ok(!content[0]?.includes(text.slice(8, 40)), way);
      }
    });
});
