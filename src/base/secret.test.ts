import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from './secret.ts';

test('a secret shows itself only when asked by name', () => {
  const secret = new Secret('hunter2');
  assert.equal(secret.reveal(), 'hunter2');
  for (const shown of [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    Object.values(secret).join(),
    JSON.stringify(structuredClone(secret)),
  ]) {
    assert.doesNotMatch(shown, /hunter2/);
  }
  assert.equal(`${secret}`, '[secret]');
});
