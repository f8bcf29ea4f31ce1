import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awayIn, tokenIn, type WithCookies } from './cookie.ts';

const over = (cookie: string, secure = true): WithCookies => ({
  ask: { req: { headers: { cookie } }, secure },
});

test('the session’s cookie is found among others, whatever blanks are around it', () => {
  assert.equal(tokenIn(over('a=b; __Host-gatehouse=token; c')), 'token');
  assert.equal(tokenIn(over(' \t__Host-gatehouse = token ')), 'token');
  assert.equal(tokenIn(over('gatehouse=token', false)), 'token');
  for (const none of [
    '',
    '__Host-gatehouse=',
    '__Host-gatehouse',
    'gatehouse=token',
    '__host-gatehouse=token',
  ])
    assert.equal(tokenIn(over(none)), undefined, none);
  assert.throws(() => tokenIn(over('__Host-gatehouse=a; __Host-gatehouse=b')), {
    code: 'credential_ambiguous',
  });
});

test('what only looks like it is another’s: a host of the same domain may set that', () => {
  for (const sign of ['\u00a0', '\u000b', '\f', '\ufeff', '"', '=', '\u2000']) {
    assert.equal(tokenIn(over(`${sign}__Host-gatehouse=planted`)), undefined, JSON.stringify(sign));
    assert.equal(tokenIn(over(`__Host-gatehouse${sign.replace('=', '')}x=planted`)), undefined);
    assert.equal(tokenIn(over(`${sign}__Host-gatehouse=planted; __Host-gatehouse=own`)), 'own');
    assert.equal(awayIn(over(`${sign}__Host-gatehouse-away-abcdefgh=planted`)).size, 0);
  }
});
