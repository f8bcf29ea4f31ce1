import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import { readError, refuse } from './errors.ts';

test('each refusal is the typed error of the client', () => {
  const cases: readonly [RefusalCode, new (...args: never[]) => APIError][] = [
    ['prompt_blocked', PermissionDeniedError],
    ['request_invalid', BadRequestError],
    ['credential_invalid', AuthenticationError],
    ['model_unknown', NotFoundError],
    ['quota_tokens', RateLimitError],
    ['quota_dollars', RateLimitError],
    ['guard_failed', InternalServerError],
  ];
  for (const [code, type] of cases) {
    const { status, headers, body } = refuse(new Refusal(code, { field: '/model' }), 'req_1');
    const error = APIError.generate(status, JSON.parse(body), undefined, new Headers(headers));
    assert.ok(error instanceof type, code);
    assert.deepEqual([error.code, error.param, error.requestID], [code, '/model', 'req_1']);
  }
});

test('errors of the servers that speak the dialect', () => {
  assert.deepEqual(
    readError({ error: { message: 'a', type: 'invalid_request_error', param: 'messages[0]', code: null } }),
    {
      message: 'a',
      type: 'invalid_request_error',
      param: 'messages[0]',
    },
  );
  assert.equal(readError({ error: 'model not found' }).message, 'model not found');
  assert.equal(readError({ object: 'error', message: 'too long', code: 400 }).message, 'too long');
  assert.equal(readError({ detail: 'Not Found' }).message, 'Not Found');
});
