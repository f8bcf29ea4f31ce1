import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-identities-'));
after(() => rmSync(folder, { recursive: true }));
let serial = 0;
function open(file = join(folder, `${serial++}.sqlite`)) {
  const now = { ms: 1_000_000 };
  const clock = { now: () => now.ms, tick: () => 0 };
  const pepper = createSecretKey(Buffer.alloc(32, 1));
  return { now, file, store: openStore(file, { pepper, clock }) };
}
const someone = (id: string, name = 'corp/ann') => ({
  id,
  name,
  owner: 'ann',
  team: 'web',
  roles: ['app'],
  tags: {},
  credential: 'oidc:corp',
});
const invalid = { code: 'credential_invalid' };

test('seen, named anew, switched off and on; another process sees it at once', () => {
  const { store, file } = open();
  const other = open(file).store;
  const { identities } = store;
  identities.check('oidc_1', false);
  identities.see(someone('oidc_1'));
  identities.see(someone('oidc_1', 'corp/ann-b'));
  assert.deepEqual(
    identities.list().map(({ id, name, source, registered }) => [id, name, source, registered]),
    [['oidc_1', 'corp/ann-b', 'oidc:corp', null]],
  );
  other.identities.setDisabled('oidc_1', true);
  assert.throws(() => identities.check('oidc_1', false), invalid);
  identities.see(someone('oidc_1'));
  assert.throws(() => identities.check('oidc_1', false), invalid, 'being seen again changes nothing');
  identities.setDisabled('oidc_1', false);
  other.identities.check('oidc_1', false);
  assert.throws(() => identities.setDisabled('oidc_2', true), { code: 'not_found' });
  store.close();
  other.close();
});

test('registered only: seen is not registered', () => {
  const { identities } = open().store;
  assert.throws(() => identities.check('oidc_1', true), invalid);
  identities.see(someone('oidc_1'));
  assert.throws(() => identities.check('oidc_1', true), invalid);
  identities.register('oidc_1', 'oidc:corp', 'corp/oidc_1');
  identities.check('oidc_1', true);
  assert.equal(identities.get('oidc_1').name, 'corp/ann', 'what was seen stays');
  identities.register('oidc_2', 'oidc:corp', 'corp/oidc_2');
  identities.check('oidc_2', true);
  identities.setDisabled('oidc_2', true);
  assert.throws(() => identities.check('oidc_2', true), invalid);
});

test('an invitation’s token is not in the database, and its last use is taken once', () => {
  const { store, now, file } = open();
  const { invitations, callers } = store;
  const other = open(file).store;
  const draft = {
    roles: ['app'],
    team: 'web',
    tags: {},
    owner: 'ann',
    prefix: '',
    keyLife: null,
    uses: 1,
    inviter: null,
  };
  const { token, invitation } = invitations.create({ ...draft, expires: now.ms + 1000 });
  assert.equal(invitations.find(token).id, invitation.id);
  assert.ok(!JSON.stringify(invitations.list()).includes(token));
  const make = (name: string, by: typeof store) =>
    by.callers.create({ name, owner: name, team: 'web', roles: ['app'], tags: {} }, () =>
      by.invitations.take(invitation.id),
    );
  callers.create({ name: 'taken', owner: 'x', team: 'web', roles: ['app'], tags: {} });
  assert.throws(() => make('taken', store), { code: 'conflict' });
  make('first', store);
  assert.throws(() => make('second', other), invalid, 'another process');
  assert.throws(() => callers.get('second'), { code: 'not_found' });
  assert.throws(() => invitations.find(token), invalid);
  const late = invitations.create({ ...draft, expires: now.ms + 1000 });
  now.ms += 1000;
  assert.throws(() => invitations.find(late.token), invalid);
  assert.throws(() => invitations.take(late.invitation.id), invalid);
  assert.throws(() => invitations.create({ ...draft, expires: now.ms }), { code: 'request_invalid' });
});
