import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesOf, type Proposal, pathNow, wordsFor } from './proposal.ts';

const proposal = (operation: string, path: string, body: Proposal['request']['body'] = {}): Proposal => ({
  id: 'pro_1',
  person: 'per_1',
  name: 'Ann',
  operation,
  request: { method: 'POST', path, query: {}, body },
  created: '',
  expires: '',
  approver: null,
  approver_name: null,
});

test('an act is said in words, with what it is done to', () => {
  assert.equal(wordsFor(proposal('people.invite', '/admin/v1/people')), 'Invite a person');
  assert.equal(
    wordsFor(proposal('callers.disable', '/admin/v1/callers/clr_1%3C/disable')),
    'Disable a caller: clr_1<',
  );
  assert.equal(
    wordsFor(proposal('content.read', '/admin/v1/vault/content/req_1')),
    'Read sealed content: req_1',
  );
  assert.equal(wordsFor(proposal('unheard.of_this', '/admin/v1/x/%')), 'Of this unheard');
});

test('of a change only what changes is said', () => {
  const { request } = proposal('people.update', '/admin/v1/people/per_2/update', {
    name: 'Bob',
    team: 'night',
    roles: ['admin'],
  });
  assert.equal(pathNow(request), '/admin/v1/people/per_2');
  assert.deepEqual(differencesOf(request, { name: 'Bob', team: 'day', roles: [] }), [
    { field: 'team', before: 'day', after: 'night' },
    { field: 'roles', before: 'none', after: 'admin' },
  ]);
  assert.equal(differencesOf(request).length, 3);
  assert.equal(pathNow(proposal('people.invite', '/admin/v1/people').request), undefined);
});
