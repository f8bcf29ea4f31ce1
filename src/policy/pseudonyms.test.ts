import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { parsePolicy } from './parse.ts';

const kinds = new Map([['words', Type.Object({}, { additionalProperties: false })]]);
const parse = (text: string) => parsePolicy(`version: 1\nroles: {}\n${text}`, { kinds, file: 'policy.yaml' });
const actionOf = (action: string) => parse(`guards: [{ use: words, action: ${action} }]`).guards[0]?.action;

test('stand-ins are forgotten with the request, unless the policy says otherwise', () => {
  const day = 86_400_000;
  assert.deepEqual(parse('').pseudonyms, { scope: 'request', keep: 30 * day, max: 10_000 });
  assert.deepEqual(parse('pseudonyms: { scope: tenant, keep: 7d, max: 5 }').pseudonyms, {
    scope: 'tenant',
    keep: 7 * day,
    max: 5,
  });
  assert.throws(
    () => parse('pseudonyms: { scope: request, keep: 7d }'),
    /pseudonyms\.keep: .*scope: tenant only/,
  );
  assert.throws(() => parse('pseudonyms: { scope: tenant, keep: 0d }'), /a day or more/);
  assert.throws(() => parse('pseudonyms: { scope: everybody }'), /must be one of request, tenant/);
});

test('in a reply nobody is given anything back: pseudonymise masks there, and cannot be asked for', () => {
  assert.deepEqual(actionOf('pseudonymise'), { prompt: 'pseudonymise', reply: 'mask' });
  assert.deepEqual(actionOf('hash'), { prompt: 'hash', reply: 'hash' });
  assert.deepEqual(actionOf('{ prompt: pseudonymise, reply: flag }'), {
    prompt: 'pseudonymise',
    reply: 'flag',
  });
  assert.throws(() => actionOf('{ reply: pseudonymise }'), /reply: must be one of block, mask, hash, flag/);
});
