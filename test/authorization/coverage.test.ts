import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { ACTIONS } from '../../src/exchange/exchange.ts';
import { ENDPOINTS } from '../../src/gateway/admin/admin.ts';
import { kindOf } from '../../src/policy/actions.ts';

/**
 * What each verb of the command line does about authorization: the endpoints that it asks, which decide and record; or
 * why it needs none. A new verb without a line here fails.
 */
const VERBS: Readonly<
  Record<string, readonly string[] | 'reads files' | 'is the gateway' | 'writes new files' | 'another party'>
> = {
  serve: 'is the gateway',
  init: 'writes new files',
  'config check': 'reads files',
  'config show': 'reads files',
  'config openapi': 'reads files',
  'callers create': ['callers.create'],
  'callers list': ['callers.list'],
  'callers show': ['callers.show'],
  'callers rotate': ['callers.rotate'],
  'callers revoke': ['callers.revoke'],
  'callers disable': ['callers.disable'],
  'callers enable': ['callers.enable'],
  'callers invite': ['invitations.create'],
  'callers invitations': ['invitations.list'],
  'callers uninvite': ['invitations.revoke'],
  'callers register': ['identities.register'],
  'people invite': ['people.invite'],
  'people list': ['people.list'],
  'people show': ['people.show'],
  'people update': ['people.update'],
  'people disable': ['people.disable'],
  'people enable': ['people.enable'],
  'people reset': ['people.reset'],
  'people sessions': ['people.sessions'],
  'people sign-out': ['people.sign_out'],
  'incident list': ['incidents.list'],
  'incident show': ['incidents.show', 'incidents.timeline', 'incidents.comments'],
  'incident open': ['incidents.open'],
  'incident set': ['incidents.change'],
  'incident move': ['incidents.move'],
  'incident close': ['incidents.move'],
  'incident link': ['incidents.link'],
  'incident comment': ['incidents.comment'],
  'incident contain': ['incidents.contain'],
  'incident undo': ['incidents.undo'],
  'incident playbook': ['incidents.playbook'],
  'incident step': ['incidents.step'],
  'incident run': ['incidents.run'],
  'incident evidence': ['incidents.evidence', 'incidents.lock'],
  'incident postmortem': ['incidents.postmortem'],
  'incident drill': ['callers.create', 'incidents.contain', 'incidents.undo', 'callers.revoke'],
  'reviews list': ['reviews.list'],
  'reviews show': ['reviews.show', 'reviews.content'],
  'reviews claim': ['reviews.claim'],
  'reviews release': ['reviews.release'],
  'reviews pass': ['reviews.pass'],
  'reviews block': ['reviews.block'],
  'reviews export': ['reviews.list', 'reviews.content'],
  'policy check': 'reads files',
  'policy show': ['policy.text', 'policy.version'],
  'policy history': ['policy.versions'],
  'policy diff': ['policy.diff'],
  'policy dry-run': ['policy.dry_run', 'policy.dry_run_show', 'policy.dry_run_cancel'],
  'policy apply': ['policy.text', 'policy.check', 'policy.apply'],
  'policy rollback': ['policy.restore', 'policy.versions'],
  'policy guards': 'reads files',
  'policy test': 'reads files',
  'policy why': ['callers.show'],
  'policy matrix': 'reads files',
  'policy cedar': 'reads files',
  inspect: 'reads files',
  'bom diff': 'reads files',
  'scan rules': 'reads files',
  'attack list': 'reads files',
  'guard explain': 'reads files',
  'guard test': 'reads files',
  'audit verify': 'reads files',
  'audit show': 'reads files',
  'audit prove inclusion': 'reads files',
  'audit prove consistency': 'reads files',
  'audit prove check': 'reads files',
  'audit export': 'reads files',
  'audit witness': 'another party',
  'audit mirror': 'another party',
  'audit archive': ['ledger.archive'],
  'detect list': 'reads files',
  'detect show': 'reads files',
  'detect check': 'reads files',
  'detect test': 'reads files',
  'detect replay': 'reads files',
  usage: ['usage.show'],
  'feeds list': ['feeds.list'],
  'feeds test': ['feeds.test'],
  'feeds dead': ['feeds.dead', 'feeds.replay'],
  'vault status': ['vault.status'],
  'vault rotate': ['vault.rotate'],
  'vault rewrap': ['vault.rotate'],
  'vault unseal': ['content.read'],
  'vault erase': ['content.erase'],
  'vault restore-erasures': ['content.restore_erasures'],
  sign: 'writes new files',
  verify: 'reads files',
  gate: 'reads files',
  'keys create': ['signing_keys.record'],
  'keys list': 'reads files',
  'keys show': 'reads files',
  'keys rotate': ['signing_keys.record'],
  'keys revoke': ['signing_keys.record'],
  'models add': ['registry.add', 'registry.scanned', 'registry.signed', 'registry.revoke'],
  'models list': ['registry.list'],
  'models show': ['registry.show'],
  'models approve': ['registry.approve'],
  'models activate': ['registry.activate', 'registry.show'],
  'models revoke': ['registry.revoke'],
  'models remove': ['registry.remove'],
  'models rescan': ['registry.show', 'registry.rescanned'],
  'models verify': ['registry.show'],
  'models attach': ['registry.show', 'registry.attacked'],
  'models contract': 'reads files',
  'models shape': 'reads files',
  'models marks': ['content.asked'],
  'models calibrate': 'reads files',
  'models export': ['registry.show', 'registry.export'],
  'alarms list': ['alarms.list'],
  'alarms show': ['alarms.show'],
  'alarms approve': ['alarms.approve'],
  'alarms raise': ['alarms.raise'],
  'alarms clear': ['alarms.clear'],
  upgrade: 'is the gateway',
  'backup create': ['backup.record'],
  'backup verify': 'reads files',
  'backup restore': 'writes new files',
};

/** Words with which a verb that changes something might be named. */
const CHANGES =
  /^(create|rotate|revoke|disable|enable|update|erase|rewrap|restore|reload|register|delete|set|add)/;

const outside = processIo();

async function helpOf(words: readonly string[]): Promise<string> {
  let text = '';
  const out = (line: string) => {
    text += `${line}\n`;
  };
  await run([...words, '--help'], { ...outside, out, err: out }, '0');
  return text;
}

async function verbs(words: readonly string[] = []): Promise<string[]> {
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(await helpOf(words))?.[1];
  if (list === undefined) return [words.join(' ')];
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  const found: string[] = [];
  for (const name of names) if (name !== 'help') found.push(...(await verbs([...words, name])));
  return found;
}

/** They bring a whole policy, which no address could hold, and change nothing. */
const LONG_QUESTIONS = new Set(['policy.check', 'policy.diff']);

test('every endpoint of the admin API has an action of its own kind, and no change has one that reads', () => {
  const names = ENDPOINTS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, action, method, changes } of ENDPOINTS) {
    assert.ok(ACTIONS.includes(action), name);
    assert.equal(kindOf(action), 'Admin', name);
    if (LONG_QUESTIONS.has(name)) {
      assert.ok(!changes && action.endsWith('.read'), `${name}: ${action}`);
      continue;
    }
    if (method === 'POST') assert.ok(changes && !action.endsWith('.read'), `${name}: ${action}`);
  }
});

test('every verb of the command line is authorized by the endpoints that it asks, or changes nothing', async () => {
  const known = new Set(ENDPOINTS.map(({ name }) => name));
  const found = await verbs();
  assert.ok(found.length >= 20);
  for (const verb of found) {
    const says = VERBS[verb];
    assert.ok(says !== undefined, `gatehouse ${verb}: say in this test which endpoints authorize it`);
    if (typeof says !== 'string') for (const name of says) assert.ok(known.has(name), `${verb}: ${name}`);
    else if (says !== 'writes new files')
      assert.doesNotMatch(verb.split(' ').at(-1) ?? '', CHANGES, `gatehouse ${verb} changes something`);
  }
  for (const verb of Object.keys(VERBS)) assert.ok(found.includes(verb), `there is no gatehouse ${verb}`);
});
