import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from './default-settings.ts';
import { parseSettings } from './parse.ts';
import { findModel } from './routes.ts';

const parse = (text: string) =>
  parseSettings(text, {
    env: { OPENAI_API_KEY: 'sk-test' },
    readFile: () => assert.fail('no file is named'),
    baseDir: '/srv',
    file: 'gatehouse.yaml',
    dialects: ['openai', 'anthropic'],
  });

test('without a model server the practice model answers, in both dialects', () => {
  const settings = parse(defaultSettings([]));
  for (const [model, dialect] of [
    ['practice', 'openai'],
    ['practice-claude', 'anthropic'],
  ] as const) {
    const upstream = findModel(settings, model)?.targets[0]?.upstream;
    assert.equal(upstream?.practice, true);
    assert.equal(upstream?.dialect, dialect);
  }
  assert.equal(settings.listen.address, '127.0.0.1');
  assert.equal(settings.ledger.origin, undefined);
});

test('servers that were found are written so that they can be read', () => {
  const text = defaultSettings(
    [
      {
        name: 'openai',
        dialect: 'openai',
        url: 'https://api.openai.com/v1',
        keyVariable: 'OPENAI_API_KEY',
        models: ['gpt-*', 'o3*'],
      },
      { name: 'vllm', dialect: 'openai', url: 'http://gpu.internal:8000/v1', models: ['vllm/*'] },
    ],
    'gatehouse/abc',
  );
  assert.doesNotMatch(text, /sk-test/);
  const settings = parse(text);
  assert.equal(settings.upstreams.openai?.key?.reveal(), 'sk-test');
  assert.equal(findModel(settings, 'vllm/llama')?.targets[0]?.upstream.url, 'http://gpu.internal:8000/v1');
  assert.equal(settings.upstreams.vllm?.reach, 'private');
  assert.equal(settings.upstreams.openai?.reach, undefined);
  assert.deepEqual(Object.keys(settings.upstreams), ['openai', 'vllm']);
  assert.equal(settings.ledger.origin, 'gatehouse/abc');
});
