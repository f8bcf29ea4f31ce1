import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectUpstreams } from './detect.ts';

const none = async () => [];

test('nothing in the environment: nothing found', async () => {
  assert.deepEqual(await detectUpstreams({ OPENAI_API_KEY: ' ' }, none), { upstreams: [], silent: [] });
});

test('a single server serves every model, and its key stays in the environment', async () => {
  const { upstreams } = await detectUpstreams({ OPENAI_API_KEY: 'the-key-itself' }, none);
  assert.deepEqual(upstreams, [
    {
      name: 'openai',
      dialect: 'openai',
      url: 'https://api.openai.com/v1',
      keyVariable: 'OPENAI_API_KEY',
      models: ['*'],
    },
  ]);
});

test('several servers share the names between them', async () => {
  const { upstreams } = await detectUpstreams({ OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b' }, none);
  assert.deepEqual(
    upstreams.map(({ name, models }) => [name, models.includes('*')]),
    [
      ['openai', false],
      ['anthropic', false],
    ],
  );
});

test('Google’s key under either of its names, the first before the second', async () => {
  const both = await detectUpstreams({ GEMINI_API_KEY: 'a', GOOGLE_API_KEY: 'b', OPENAI_API_KEY: 'c' }, none);
  assert.deepEqual(both.upstreams[1], {
    name: 'gemini',
    dialect: 'gemini',
    url: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariable: 'GOOGLE_API_KEY',
    models: ['gemini-*', 'gemma-*'],
  });
  const own = { GEMINI_API_KEY: 'a', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9' };
  const [only] = (await detectUpstreams(own, none)).upstreams;
  assert.deepEqual([only?.url, only?.keyVariable], ['http://127.0.0.1:9/v1beta', 'GEMINI_API_KEY']);
});

test('local addresses as people write them; a server is asked for its models', async () => {
  const asked: string[] = [];
  const ask = async (url: string) => {
    asked.push(url);
    return ['llama3.2', 'qwen2.5:7b'];
  };
  const { upstreams } = await detectUpstreams({ OLLAMA_HOST: '0.0.0.0', ANTHROPIC_API_KEY: 'b' }, ask);
  assert.deepEqual(asked, ['http://127.0.0.1:11434/v1']);
  assert.deepEqual(upstreams[1], {
    name: 'ollama',
    dialect: 'openai',
    url: 'http://127.0.0.1:11434/v1',
    models: ['llama3.2', 'qwen2.5:7b'],
  });
});

test('a local server that does not answer is named as silent, not guessed at', async () => {
  const detection = await detectUpstreams(
    { VLLM_BASE_URL: 'http://127.0.0.1:9/v1', ANTHROPIC_API_KEY: 'b' },
    none,
  );
  assert.deepEqual(detection.silent, [{ name: 'vllm', url: 'http://127.0.0.1:9/v1' }]);
  assert.equal(detection.upstreams.length, 1);
});

test('a name that two servers list belongs to the first', async () => {
  const ask = async () => ['same'];
  const { upstreams, silent } = await detectUpstreams(
    { VLLM_HOST: 'localhost:8001', OLLAMA_HOST: 'localhost' },
    ask,
  );
  assert.equal(upstreams.length, 1);
  assert.deepEqual(silent, [{ name: 'ollama', url: 'http://localhost:11434/v1' }]);
});
