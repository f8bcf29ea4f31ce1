import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../base/refusal.ts';
import { DIALECTS } from '../dialects/index.ts';
import { Routes } from './routes.ts';

const routes = new Routes(DIALECTS);
const find = (method: string, path: string, headers = {}) => {
  const { operation, id } = routes.find(method, path, headers);
  return [operation.id, id];
};
const refused = (method: string, path: string, code: string) =>
  assert.throws(
    () => routes.find(method, path, {}),
    (error: unknown) => error instanceof Refusal && error.code === code,
    path,
  );

test('an id stands before a fixed ending, as the path has it', () => {
  assert.deepEqual(find('POST', '/v1beta/models/gemini-x:generateContent'), ['gemini.generate', 'gemini-x']);
  assert.deepEqual(find('POST', '/v1/models/gemini-x:streamGenerateContent'), ['gemini.stream', 'gemini-x']);
  assert.deepEqual(find('POST', '/v1beta/models/llama3:8b:countTokens'), [
    'gemini.count_tokens',
    'llama3:8b',
  ]);
  assert.deepEqual(find('POST', '/v1beta/models/a%2Fb%3Ac:generateContent'), ['gemini.generate', 'a/b:c']);
  assert.deepEqual(find('POST', '/v1beta/models/m::generateContent'), ['gemini.generate', 'm:']);
  assert.deepEqual(find('POST', '/v1beta/models/m:generateContent:countTokens'), [
    'gemini.count_tokens',
    'm:generateContent',
  ]);
  assert.deepEqual(find('GET', '/v1beta/models/llama3:8b'), ['gemini.models.show', 'llama3:8b']);
});

test('a path that is nearly one is none', () => {
  for (const path of [
    '/v1beta/models/:generateContent',
    '/v1beta/models/m%3AgenerateContent',
    '/v1beta/models/m:generatecontent',
    '/v1beta/models/m:generateContent ',
    '/v1beta/models/m:generateContentX',
  ])
    refused('POST', path, 'method_not_allowed');
  for (const path of [
    '/v1beta/models/a/b:generateContent',
    '/v1beta/models/m:generateContent/',
    '/v1beta//models/m:generateContent',
    '//v1beta/models/m:generateContent',
    '/V1beta/models/m:generateContent',
    '/v1beta/./models/m:generateContent',
    '/v1beta/models/%ff:generateContent',
    '/v1beta/models/',
    '/v2/models/m:generateContent',
  ])
    refused('POST', path, 'route_unknown');
  refused('GET', '/v1beta/models/m:generateContent', 'method_not_allowed');
});

test('what is withheld says so, with whatever stands below it', () => {
  for (const path of [
    '/v1beta/interactions',
    '/v1beta/interactions/1/x',
    '/v1beta/interactions/1:cancel',
    '/v1/cachedContents',
    '/v1beta/models/m:batchGenerateContent',
    '/v1/messages/batches',
    '/v1/messages/batches/msgbatch_1/results',
    '/v1/organizations/usage_report/messages',
  ])
    refused('POST', path, 'unsupported');
  refused('POST', '/v1beta/interactionsX', 'route_unknown');
  refused('POST', '/v1beta/models/:batchGenerateContent', 'method_not_allowed');
});

test('the reason why a path is withheld is that of the dialect which was meant', () => {
  const hintOf = (path: string, headers: Record<string, string>) => {
    try {
      routes.find('POST', path, headers);
    } catch (error) {
      return error instanceof Refusal ? error.hint : undefined;
    }
  };
  const version = { 'anthropic-version': '2023-06-01' };
  assert.match(hintOf('/v1/agents', version) ?? '', /\/v1\/messages/);
  assert.match(hintOf('/v1/agents', { 'x-goog-api-key': 'k' }) ?? '', /generateContent/);
});

test('the models belong to the dialect that the headers speak', () => {
  assert.deepEqual(find('GET', '/v1/models'), ['openai.models.list', undefined]);
  assert.deepEqual(find('GET', '/v1/models', { 'x-goog-api-key': 'k' }), ['gemini.models.list', undefined]);
  assert.deepEqual(find('GET', '/v1/models/m', { 'x-goog-api-client': 'c' }), ['gemini.models.show', 'm']);
  assert.deepEqual(find('GET', '/v1/models/m', { 'anthropic-version': '2023-06-01' }), [
    'anthropic.models.show',
    'm',
  ]);
});

test('any id, encoded as a client would, comes back as it was', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(id, fc.boolean(), (name, raw) => {
      // Colons may stand as they are.
      const encoded = encodeURIComponent(name).replaceAll('%3A', raw ? ':' : '%3A');
      assert.deepEqual(find('POST', `/v1beta/models/${encoded}:generateContent`), ['gemini.generate', name]);
    }),
  );
});

test('any path finds one endpoint, or is refused', () => {
  const piece = fc.constantFrom(
    '/v1beta',
    '/v1',
    '/models',
    '/',
    'm',
    ':',
    '%2f',
    '..',
    'generateContent',
    '?',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = pieces.join('');
      try {
        const { operation, id } = routes.find('POST', path, {});
        const fixed = [operation.path, ...(operation.also ?? [])].map((known) => known.split(':id'));
        assert.ok(
          fixed.some(([start = '', end = '']) => path.startsWith(start) && path.endsWith(end)),
          path,
        );
        assert.notEqual(id, '');
      } catch (error) {
        assert.ok(error instanceof Refusal, path);
      }
    }),
  );
});
