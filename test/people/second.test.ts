import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { asAdmin, enrolled, HandClock, onClock } from './browser.ts';

/** Acts for which the policy wants a second person. */

const POLICY = `  keeper: { allow: [{ actions: ["people.*", "callers.*", "config.*", policy.read, audit.read, metrics.read, "proposals.*"] }] }
  clerk: { allow: [{ actions: [policy.read, "proposals.*"] }] }
two_people: ["people.*", config.reload]
guards: []
`;

async function scene(t: TestContext): Promise<{ gateway: TestGateway; clock: HandClock }> {
  const clock = new HandClock();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    settings: 'abuse: { repeats: off, invalid_requests: off, strangers: off }',
    replace: onClock(clock),
  });
  t.after(() => gateway.close());
  gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
  return { gateway, clock };
}

suite('two people', { concurrency: 2 }, () => {
  test('an act is proposed, approved by another one, and done once, just as it was proposed', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['keeper']);
    const bob = await enrolled(gateway, clock, 'Bob', ['keeper']);
    const invite = (name: string) => ann.browser.post('/admin/v1/people', { name, roles: ['clerk'] });
    const refused = await invite('Cid');
    assert.deepEqual([refused.status, refused.body.code], [403, 'approval_needed']);
    assert.equal((await invite('Cid')).body.code, 'approval_needed');
    const [proposal, ...more] = (await bob.browser.get('/admin/v1/proposals')).body.proposals;
    assert.equal(more.length, 0);
    assert.ok(proposal !== undefined && refused.body.title.includes(proposal.id));
    assert.deepEqual(
      [proposal.person, proposal.operation, proposal.approver],
      [ann.id, 'people.invite', null],
    );
    assert.deepEqual(proposal.request, {
      method: 'POST',
      path: '/admin/v1/people',
      query: {},
      body: { name: 'Cid', roles: ['clerk'] },
    });
    const approve = `/admin/v1/proposals/${proposal.id}/approve`;
    assert.equal((await ann.browser.post(approve)).body.code, 'conflict');
    assert.equal((await bob.browser.post(approve)).status, 200);
    assert.equal((await bob.browser.post(approve)).body.code, 'conflict');
    // Another act is another proposal, and so is the same act of another person.
    assert.equal((await invite('Dan')).body.code, 'approval_needed');
    const same = await bob.browser.post('/admin/v1/people', { name: 'Cid', roles: ['clerk'] });
    assert.equal(same.body.code, 'approval_needed');
    const done = await Promise.all([invite('Cid'), invite('Cid')]);
    assert.deepEqual(done.map(({ status }) => status).sort(), [201, 403]);
    const acts = gateway.entries().filter(({ proposal: id }) => id === proposal.id);
    assert.deepEqual(
      acts.map(({ kind }) => kind),
      ['proposal.made', 'proposal.approved', 'admin.begin'],
    );
    assert.equal(acts.at(-1)?.approver, bob.id);
    assert.ok(!JSON.stringify(acts).includes('Cid'));
  });

  test('only who is allowed the act may approve it, with a fresh factor; a key may not', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['keeper']);
    const bob = await enrolled(gateway, clock, 'Bob', ['keeper']);
    const clerk = await enrolled(gateway, clock, 'Cy', ['clerk']);
    assert.equal((await ann.browser.post('/admin/v1/reload')).body.code, 'approval_needed');
    const [proposal] = (await bob.browser.get('/admin/v1/proposals')).body.proposals;
    const approve = `/admin/v1/proposals/${proposal?.id}/approve`;
    assert.equal((await clerk.browser.get('/admin/v1/proposals')).body.proposals.length, 0);
    for (const act of ['approve', 'refuse'])
      assert.equal(
        (await clerk.browser.post(`/admin/v1/proposals/${proposal?.id}/${act}`)).body.code,
        'forbidden',
      );
    assert.equal((await asAdmin(gateway).post(approve)).body.code, 'forbidden');
    // A list is about nobody in particular; whoever may not see any of it approves it no more than the rest.
    assert.equal((await ann.browser.get('/admin/v1/people')).body.code, 'approval_needed');
    const list = (await bob.browser.get('/admin/v1/proposals')).body.proposals.at(-1)?.id;
    assert.equal((await clerk.browser.get('/admin/v1/proposals')).body.proposals.length, 0);
    const listed = await clerk.browser.post(`/admin/v1/proposals/${list}/approve`);
    assert.equal(listed.body.code, 'forbidden');
    // Keys are not asked for a second person, as they have none.
    assert.equal((await asAdmin(gateway).post('/admin/v1/reload')).status, 200);
    clock.pass(11 * 60_000);
    assert.equal((await bob.browser.post(approve)).body.code, 'factor_needed');
    await bob.browser.post('/auth/v1/fresh', { code: bob.app.next() });
    assert.equal((await bob.browser.post(approve)).status, 200);
    await ann.browser.post('/auth/v1/fresh', { code: ann.app.next() });
    assert.equal((await ann.browser.post('/admin/v1/reload')).status, 200);
    assert.equal((await ann.browser.post('/admin/v1/reload')).body.code, 'approval_needed');
  });

  test('an approval is over after an hour, when it is refused, and when its approver loses their leave', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['keeper']);
    const bob = await enrolled(gateway, clock, 'Bob', ['keeper']);
    const propose = async () => {
      assert.equal((await ann.browser.post('/admin/v1/reload')).body.code, 'approval_needed');
      return (await bob.browser.get('/admin/v1/proposals')).body.proposals[0]?.id ?? '';
    };
    const approve = async (id: string) =>
      assert.equal((await bob.browser.post(`/admin/v1/proposals/${id}/approve`)).status, 200);
    const first = await propose();
    assert.equal((await bob.browser.post(`/admin/v1/proposals/${first}/refuse`)).status, 200);
    const second = await propose();
    assert.notEqual(second, first);
    await approve(second);
    for (let minutes = 0; minutes < 60; minutes += 20) {
      clock.pass(20 * 60_000);
      for (const { browser } of [ann, bob]) assert.equal((await browser.get('/auth/v1/session')).status, 200);
    }
    for (const { browser, app } of [ann, bob]) await browser.post('/auth/v1/fresh', { code: app.next() });
    const third = await propose();
    assert.notEqual(third, second);
    await approve(third);
    await asAdmin(gateway).post('/admin/v1/people/bob/update', { roles: ['clerk'] });
    assert.equal((await ann.browser.post('/admin/v1/reload')).body.code, 'approval_needed');
    await asAdmin(gateway).post('/admin/v1/people/bob/update', { roles: ['keeper'] });
    await approve(await propose());
    await asAdmin(gateway).post('/admin/v1/people/bob/disable');
    assert.equal((await ann.browser.post('/admin/v1/reload')).body.code, 'approval_needed');
  });
});
