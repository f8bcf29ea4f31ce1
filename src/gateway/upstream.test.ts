import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIALECTS } from '../dialects/index.ts';
import { parseSettings } from '../settings/parse.ts';
import { openUpstream } from './upstream.ts';

const open = (fields: string) => {
  const { upstreams } = parseSettings(`upstreams: { up: { dialect: openai, models: ["*"], ${fields} } }`, {
    env: {},
    file: 'gatehouse.yaml',
    baseDir: '/',
    readFile: () => '',
    dialects: ['openai', 'anthropic'],
  });
  const [settings] = Object.values(upstreams);
  const [openai] = DIALECTS;
  assert.ok(settings !== undefined && openai !== undefined);
  return openUpstream(settings, openai, undefined);
};
const chat = { upstreamPath: '/chat/completions' };

test('paths: the server’s own base, templates and queries', () => {
  assert.equal(open('url: "http://127.0.0.1:9/v1/"').pathOf(chat, 'm'), '/v1/chat/completions');
  const azure = open(
    'url: "https://x.example", path: "/deployments/{model}{endpoint}", query: { api-version: 1 }',
  );
  assert.equal(
    azure.pathOf(chat, 'gpt 4o/x?y#z'),
    '/deployments/gpt%204o%2Fx%3Fy%23z/chat/completions?api-version=1',
  );
});

test('a model’s name is never a step up the path', () => {
  const up = open('url: "https://x.example", path: "/deployments/{model}{endpoint}"');
  for (const name of ['.', '..']) assert.throws(() => up.pathOf(chat, name), { code: 'model_unknown' });
  assert.equal(up.pathOf(chat, '../admin'), '/deployments/..%2Fadmin/chat/completions');
});

test('the model stands in the path of an endpoint, and a query of its own comes before the server’s', () => {
  const stream = { upstreamPath: '/models/{model}:streamGenerateContent?alt=sse' };
  const google = open('url: "https://x.example/v1beta"');
  assert.equal(
    google.pathOf(stream, 'a/b:c?d'),
    '/v1beta/models/a%2Fb%3Ac%3Fd:streamGenerateContent?alt=sse',
  );
  assert.throws(() => google.pathOf(stream, '..'), { code: 'model_unknown' });
  const more = open('url: "https://x.example/v1", path: "/p/{model}{endpoint}", query: { q: "1 2" }');
  assert.equal(
    more.pathOf(stream, '{model}'),
    '/v1/p/%7Bmodel%7D/models/%7Bmodel%7D:streamGenerateContent?alt=sse&q=1+2',
  );
});
