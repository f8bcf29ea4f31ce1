import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { mayAtAll } from '../../src/policy/decide.ts';
import { DEFAULT_POLICY } from '../../src/policy/default-policy.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { VAULT } from '../review/place.ts';
import { asAdmin, Browser, enrolled, HandClock, onClock, type SomeBody } from './browser.ts';
import { type Asked, leastOf, type Operation, operations } from './operations.ts';

/**
 * Insecure direct references (WSTG-ATHZ-04): every operation of openapi.json, asked by a person of every role, by nobody, by a cookie
 * alone, and by somebody of another team about what is there. What is new in the document is asked too.
 */

const OPERATIONS = operations(readFileSync(join(import.meta.dirname, '..', '..', 'openapi.json'), 'utf8'));
const ADMIN = OPERATIONS.filter(({ action }) => action !== undefined);

/** The part of the shipped policy that says who may do what, below the harness's own roles. */
const SHIPPED = (/\nroles:\n[\s\S]*?(?=\n# Rules with conditions)/.exec(DEFAULT_POLICY)?.[0] ?? '')
  .replace('\nroles:\n', '')
  .replace(/ {2}# For programs[\s\S]*?(?= {2}# For people who run)/, '')
  .replace(/^ {2}admin:/m, '  chief:');
const ROLES = ['app', 'chief', 'operator', 'developer', 'reviewer', 'auditor', 'vetter', 'watcher'];

const POLICY = `${SHIPPED}
  watcher:
    allow:
      - actions: [incidents.read]
guards:
  - use: patterns
    name: doubtful
    action: { prompt: review, reply: flag }
    patterns: [{ id: fruit, match: "doubtful fruit" }]
review: { hold: 0s }
`;

/** While a document permits something to some, everybody may ask whether they are among them. */
const LEADS = `authorization:
  policies: |
    @id("lead")
    permit (principal in Role::"lead", action in Action::"admin", resource)
    when { resource has team && resource.team == principal.team };
`;

const clock = new HandClock();
let gateway: TestGateway;
before(async () => {
  gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    settings: `abuse: { repeats: off, invalid_requests: off, strangers: off }\n${VAULT}`,
    replace: onClock(clock),
  });
  gateway.gateway.gate.store.callers.update('admin', { roles: ROLES });
});
after(() => gateway.close());

/** What no operation takes: it is refused by whoever would go on, and nothing is done. */
const spoiled = ({ method, path }: Operation): Asked =>
  method === 'GET'
    ? { method, path: `${at(path)}?not_known=1` }
    : { method, path: at(path), body: { not_known: true } };

const at = (path: string, id = 'nobody'): string => path.replace(/\{[^}]+\}/, id);

suite('every operation of openapi.json, for every role', () => {
  test('nobody asks without a credential', async () => {
    const stranger = new Browser(gateway.url);
    for (const operation of OPERATIONS.filter(({ open }) => !open)) {
      const { method, path, body } = spoiled(operation);
      const { status, body: said } = await stranger.ask(method, path, body);
      assert.deepEqual([status, said.code], [401, 'credential_missing'], operation.name);
    }
  });

  for (const role of ROLES)
    test(`${role}: what the policy says, nothing else, and no change by a cookie alone`, async () => {
      const { browser, id } = await enrolled(gateway, clock, `${role} person`, [role]);
      const { gate } = gateway.gateway;
      const person = { ...gate.store.people.get(id), owner: '', tags: {}, credential: '' };
      for (const operation of OPERATIONS.filter(({ open }) => !open)) {
        const { action, csrf, method, name } = operation;
        const { path, body } = spoiled(operation);
        const label = `${role}: ${name}`;
        if (csrf) {
          const forged = await browser.ask(method, path, body, { 'x-gatehouse-csrf': '' });
          assert.deepEqual([forged.status, forged.body.code], [403, 'csrf_refused'], label);
        }
        if (action === undefined) continue;
        const may = mayAtAll(gate.house.policy, person, action);
        const told = await browser.ask(method, path, body, { 'x-gatehouse-csrf': browser.csrf });
        const admitted = [400, method === 'GET' ? 'query_refused' : 'request_invalid'];
        assert.deepEqual([told.status, told.body.code], may ? admitted : [403, 'forbidden'], label);
      }
    });

  test('a program with a key of the role app may do none of it', async () => {
    const program = new Browser(gateway.url);
    for (const operation of ADMIN) {
      const { method, path, body } = spoiled(operation);
      const { status, body: said } = await program.ask(method, path, body, {
        authorization: `Bearer ${gateway.key}`,
      });
      assert.deepEqual([status, said.code], [403, 'forbidden'], operation.name);
    }
  });

  test('what changes what others may do, or shows what was sealed, asks people for a fresh factor', () => {
    const fresh = new Set(ADMIN.filter((one) => one.fresh).map(({ action }) => action));
    for (const action of [
      'callers.write',
      'people.write',
      'policy.write',
      'config.reload',
      'content.read',
      'content.erase',
      'vault.rotate',
      'registry.approve',
      'registry.export',
    ] as const)
      assert.ok(fresh.has(action), action);
    for (const { name, action, fresh: asked } of ADMIN)
      if (['callers.write', 'people.write', 'policy.write'].includes(action ?? ''))
        assert.equal(asked, true, name);
    // What lets go of whom something holds.
    for (const act of ['incidents.undo', 'alarms.clear', 'alarms.raise', 'callers.enable', 'people.enable'])
      assert.equal(ADMIN.find(({ name }) => name === act)?.fresh, true, act);
  });
});

suite('what is another team’s', () => {
  /** One of each kind that is there, all of team a, by the segment of its paths. */
  let theirs: Readonly<Record<string, string>>;
  /** What nobody of another team may read. */
  let marks: readonly string[];
  let ben: SomeBody;

  before(async () => {
    const { gate } = gateway.gateway;
    appendFileSync(join(gateway.folder, 'policy.yaml'), LEADS);
    await gate.reload();
    const ann = await enrolled(gateway, clock, 'Ann Aardvark', ['developer']);
    ben = await enrolled(gateway, clock, 'Ben Badger', ['developer']);
    gate.store.people.update(ann.id, { team: 'a' });
    gate.store.people.update(ben.id, { team: 'b', roles: ['lead'] });
    const { caller: bot, key } = gate.store.callers.create({
      name: 'aardvark-bot',
      owner: 'ann',
      team: 'a',
      roles: ['app'],
      tags: {},
    });
    const held = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'doubtful fruit of aardvarks' }],
      }),
    });
    assert.equal(held.status, 403);
    const [review] = gate.store.reviews.list({ state: 'open', limit: 1 });
    assert.ok(review !== undefined);
    const { invitation } = gate.store.invitations.create({
      roles: ['app'],
      team: 'a',
      tags: {},
      owner: 'ann',
      prefix: 'aardvark-',
      uses: 1,
      keyLife: null,
      inviter: null,
      expires: clock.now() + 3_600_000,
    });
    const { proposal } = gate.store.proposals.make({
      person: ann.id,
      operation: 'callers.disable',
      action: 'callers.write',
      about: [{ team: 'a' }],
      request: '{"method":"POST","path":"/admin/v1/callers/aardvark-bot/disable","query":{},"body":{}}',
    });
    gate.store.identities.register('idn_aardvark0000000000', 'oidc:corp', 'corp/aardvark');
    const incident = await asAdmin(gateway).post('/admin/v1/incidents', {
      title: 'Aardvarks',
      callers: ['aardvark-bot'],
    });
    assert.equal(incident.status, 201, incident.text);
    theirs = {
      callers: bot.id,
      alarms: bot.id,
      people: ann.id,
      invitations: invitation.id,
      proposals: proposal.id,
      reviews: review.id,
      exchanges: review.request,
      vault: review.request,
      incidents: Reflect.get(incident.body, 'id') as string,
      identities: 'idn_aardvark0000000000',
      // The house's own: no team has them.
      policy: '1',
      ledger: '0',
      feeds: 'siem',
      registry: 'fraud@1',
    };
    marks = ['aardvark', 'Aardvark', bot.id, ann.id, review.id, review.request, proposal.id, invitation.id];
  });

  const headers = () => ({ 'x-gatehouse-csrf': ben.browser.csrf });
  const kindOf = ({ path }: Operation): string => path.split('/')[3] ?? '';

  /** Whatever could have been changed of it. */
  async function asTheyAre(): Promise<string> {
    const admin = asAdmin(gateway);
    const paths = [
      `/callers/${theirs.callers}`,
      `/people/${theirs.people}`,
      `/people/${theirs.people}/sessions`,
      `/incidents/${theirs.incidents}`,
      `/identities/${theirs.identities}`,
      '/invitations',
      '/proposals',
    ];
    const told = await Promise.all(paths.map((path) => admin.get(`/admin/v1${path}`)));
    for (const { status, text } of told) assert.equal(status, 200, text);
    return JSON.stringify([
      told.map(({ text }) => text),
      gateway.gateway.gate.store.reviews.get(theirs.reviews ?? ''),
    ]);
  }

  test('is not shown, not changed, and looks like what is not there', async () => {
    const before = await asTheyAre();
    for (const operation of ADMIN.filter(({ path }) => path.includes('{'))) {
      const { method, name, path } = operation;
      const id = theirs[kindOf(operation)];
      assert.ok(id !== undefined, `${name}: say in this test which object of another team it is about`);
      const missing = /^\d+$/.test(id) ? '999999' : `${id.slice(0, -4)}0000`;
      const { body, query } = leastOf(operation);
      const told: (number | string)[][] = [];
      for (const one of [id, missing]) {
        const {
          status,
          body: said,
          text,
        } = await ben.browser.ask(method, at(path, one) + query, body, headers());
        for (const mark of marks) assert.ok(!text.includes(mark), `${name} shows ${mark}`);
        told.push([status, said.code, said.title]);
      }
      assert.deepEqual(told[0]?.slice(0, 2), [403, 'forbidden'], name);
      assert.deepEqual(told[0], told[1], name);
    }
    assert.equal(await asTheyAre(), before);
  });

  test('stands in no list, and nothing is made there', async () => {
    const before = await asTheyAre();
    const shown: string[] = [];
    for (const operation of ADMIN.filter(({ path }) => !path.includes('{'))) {
      const { method, name, path, takes } = operation;
      const { body, query } = leastOf(operation);
      const into = { ...body, ...(takes.has('team') && { team: 'a' }) };
      if (operation.events) {
        assert.doesNotMatch(await firstEvents(path + query), /[Aa]ardvark/, name);
        continue;
      }
      const { status, body: said, text } = await ben.browser.ask(method, path + query, into, headers());
      for (const mark of marks) assert.ok(!text.includes(mark), `${name} shows ${mark}`);
      if (method === 'POST') assert.deepEqual([status, said.code], [403, 'forbidden'], name);
      if (status === 200) shown.push(name);
    }
    for (const name of ['callers.list', 'people.list', 'identities.list', 'alarms.list'])
      assert.ok(shown.includes(name), `${name} is a list of what is one's own`);
    assert.equal(await asTheyAre(), before);
    const all = await asAdmin(gateway).get('/admin/v1/callers');
    assert.match(all.text, /aardvark-bot/, 'and is there for those who may see it');
  });

  /** What comes of itself, for a moment. */
  async function firstEvents(path: string): Promise<string> {
    const { cookie = '', agent } = ben.browser;
    const response = await fetch(gateway.url + path, {
      headers: { cookie, 'user-agent': agent, 'sec-fetch-site': 'same-origin' },
    });
    if (response.status !== 200 || response.body === null) return response.text();
    const reader = response.body.getReader();
    let text = '';
    while (!text.includes('data:')) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    await reader.cancel();
    return text;
  }
});
