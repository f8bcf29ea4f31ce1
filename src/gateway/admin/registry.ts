import { isDay } from '../../base/day.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import { objectOf } from '../../policy/actions.ts';
import type { ModelStep, Person, RegisteredModel, ScanMade } from '../../store/model-steps.ts';
import { askerOf, authorize } from '../authorize.ts';
import type { Gate } from '../house.ts';
import { callerNow } from '../identify.ts';
import { type ModelShelf, onShelf } from '../model-shelf.ts';
import { vouching } from '../vouching.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/registry';

/** Steps for which a person shows a factor first: to vouch for a model, and to take it away in clear. */
const DANGEROUS: ReadonlySet<Action> = new Set<Action>(['registry.approve', 'registry.export']);

/**
 * The registry of sealed models. Scanning and sealing is done by whoever has the files; here it is decided which step may
 * follow, and who may take it. What is claimed of sealed files is looked up in them, and to make a model active every
 * byte of it is read. Whoever opens one checks it all again.
 */
export const registryEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: PATH,
    name: 'registry.list',
    action: 'registry.read',
    changes: false,
    act: ({ gate }) => ({ models: gate.store.models.list().map((model) => shown(model, gate)) }),
  },
  {
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'registry.show',
    action: 'registry.read',
    changes: false,
    act: ({ gate, id }) => shown(gate.store.models.find(id), gate),
  },
  {
    method: 'POST',
    path: PATH,
    name: 'registry.add',
    action: 'registry.add',
    changes: true,
    status: 201,
    async act(call) {
      const { gate, ask } = call;
      const name = required(new Fields(call.body, ['name']).text('name'), 'name');
      const { models } = gate.store;
      const [id, by] = [models.newId(name), personOf(call)];
      await gate.ledger.append({ kind: KIND, id: ask.id, act: 'add', ...whoIn(call), model: id, name });
      return shown(models.add(id, name, by), gate);
    },
  },
  step('scanned', 'registry.scanned', 'registry.add', async (call) => {
    const fields = new Fields(call.body, ['root', 'version', 'policy', 'until']);
    const [by, root, scan] = [personOf(call), rootIn(fields), scannedIn(fields)];
    const { files, bytes } = await opened(call, root);
    return { act: 'scan', by, root, files, bytes, scan };
  }),
  step('signed', 'registry.signed', 'registry.add', async (call) => {
    new Fields(call.body, []);
    const by = personOf(call);
    const { signer } = await opened(call, call.gate.store.models.exactly(call.id).root ?? '');
    if (signer === null) throw new Refusal('conflict', { hint: 'There is no signature on it.' });
    return { act: 'sign', by, signer };
  }),
  step('rescanned', 'registry.rescanned', 'registry.activate', ({ body }) => {
    const fields = new Fields(body, ['root', 'version', 'policy', 'until', 'verdict']);
    const verdict = required(fields.text('verdict'), 'verdict');
    if (verdict !== 'clean' && verdict !== 'findings' && verdict !== 'undecided')
      throw new Refusal('request_invalid', {
        field: '/verdict',
        hint: 'It must be clean, findings or undecided.',
      });
    return { act: 'rescan', root: rootIn(fields), scan: scannedIn(fields), verdict };
  }),
  step('approve', 'registry.approve', 'registry.approve', (call) => ({
    act: 'approve',
    by: personOf(call),
    root: rootIn(new Fields(call.body, ['root'])),
    rules: call.gate.house.settings.models,
    stands: vouching(call.gate),
  })),
  step('activate', 'registry.activate', 'registry.activate', async (call) => {
    const { body, gate, id, answer } = call;
    new Fields(body, []);
    const { settings } = gate.house;
    const shelf = shelfOf(gate);
    const scan = shelf.scannedBy(settings);
    const activate = { act: 'activate', rules: settings.models, stands: vouching(gate), scan } as const;
    const model = gate.store.models.plan(id, activate);
    const onBytes = () => {
      if (gate.closing) throw new Refusal('shutting_down');
      if (answer.gone) throw new Refusal('client_gone');
    };
    await onShelf(() => shelf.check(model, settings, onBytes));
    return activate;
  }),
  step('export', 'registry.export', 'registry.export', ({ body, gate }) => {
    const to = required(new Fields(body, ['to']).text('to'), 'to');
    // Into the ledger, and from there onto a terminal.
    if (to.length > 1024 || !to.isWellFormed() || /[\x00-\x1f\x7f-\x9f]/.test(to))
      throw new Refusal('request_invalid', {
        field: '/to',
        hint: 'It must be a path, 1024 characters at most.',
      });
    return { act: 'export', rules: gate.house.settings.models, to };
  }),
  step('revoke', 'registry.revoke', 'registry.revoke', ({ body }) => {
    new Fields(body, []);
    return { act: 'revoke' };
  }),
  step('remove', 'registry.remove', 'registry.remove', ({ body, gate }) => {
    new Fields(body, []);
    shelfOf(gate);
    return { act: 'remove' };
  }),
];

/** Of each step of a model. */
const KIND = 'system.model';

function step(
  path: string,
  name: string,
  action: Action,
  read: (call: AdminCall) => ModelStep | Promise<ModelStep>,
): Endpoint {
  return {
    method: 'POST',
    path: `${PATH}/:id/${path}`,
    name,
    action,
    changes: true,
    ...(DANGEROUS.has(action) && { fresh: true }),
    act: async (call) => takeStep(call, action, await read(call)),
  };
}

/**
 * A step is planned, recorded and then taken: one that could not be recorded does not happen, and steps are taken in the
 * order in which the ledger has them. Reading takes its time, so who asks is authorized again behind it.
 * @param id the version: `fraud@3`
 */
export function takeStep(
  call: AdminCall,
  action: Action,
  taken: ModelStep,
  id: string = call.id,
): Promise<JsonObject> {
  const { gate, ask } = call;
  const { models } = gate.store;
  return gate.modelSteps.take(async () => {
    await stillMay(call, action);
    const { id: model, name, version, root, signer } = models.plan(id, taken);
    await gate.ledger.append({
      kind: KIND,
      id: ask.id,
      act: taken.act,
      ...whoIn(call),
      model,
      name,
      version,
      root,
      ...(taken.act === 'sign' && { signer }),
      ...('scan' in taken && { scan: { ...taken.scan } }),
      ...(taken.act === 'rescan' && { verdict: taken.verdict }),
      ...(taken.act === 'export' && { to: taken.to }),
      ...(taken.act === 'attack' && { report: taken.robustness.report, verdict: taken.robustness.verdict }),
    });
    const now = models.take(id, taken);
    if (taken.act === 'remove') await shelfOf(gate).destroy(model);
    return shown(now, gate);
  });
}

/** Throws where who asks lost their key, or the leave, since they were let in. */
async function stillMay(call: AdminCall, action: Action): Promise<void> {
  if (call.ask.local) return;
  const now = { ...call, house: call.gate.house };
  const asker = await askerOf(now, callerNow(now, call.caller), call.asker.circumstances.tags);
  authorize(now, asker, action, { kind: 'Admin', id: objectOf(action) });
}

function shelfOf({ shelf }: Gate): ModelShelf {
  if (shelf === undefined) throw new Refusal('conflict', { hint: 'The settings have no vault.' });
  return shelf;
}

export const opened = ({ gate, id }: Pick<AdminCall, 'gate' | 'id'>, root: string) =>
  onShelf(() => shelfOf(gate).open(gate.store.models.exactly(id), root, gate.house.settings));

/** Whoever owns the data folder can be anybody: for two people to be told apart, each has a key. */
export function personOf({ caller, ask }: AdminCall): Person {
  if (ask.local)
    throw new Refusal('credential_missing', { hint: 'Two people are needed, so each brings a key.' });
  return { id: caller.id, owner: caller.owner };
}

/** As the ledger has it: approvals count by owner. */
const whoIn = ({ caller: { id, name, team, credential, owner } }: AdminCall) => ({
  caller: { id, name, team, credential },
  owner,
});

function rootIn(fields: Fields): string {
  const root = required(fields.text('root'), 'root');
  if (!/^[0-9a-f]{64}$/.test(root))
    throw new Refusal('request_invalid', { field: '/root', hint: 'It must be a SHA-256 in hex.' });
  return root;
}

function scannedIn(fields: Fields): ScanMade {
  const version = required(fields.text('version'), 'version');
  const policy = fields.text('policy') ?? null;
  const until = fields.text('until') ?? null;
  if (
    !/^[0-9A-Za-z.+-]{1,40}$/.test(version) ||
    (policy !== null && !/^[0-9a-f]{64}$/.test(policy)) ||
    (until !== null && !isDay(until))
  )
    throw new Refusal('request_invalid', {
      hint: 'It must say the version of Gatehouse that scanned, the SHA-256 of its policy, and the day until which it counts.',
    });
  return { version, policy, until };
}

export const shown = (
  { created, revoked, approvals, submitter, scan, robustness = [], ...model }: RegisteredModel,
  { shelf }: Gate,
): JsonObject => ({
  ...model,
  submitter: { ...submitter },
  scan: scan && { ...scan, time: time(scan.time) },
  approvals: approvals.map((one) => ({ ...one, time: time(one.time) })),
  robustness: robustness.map((one) => ({ ...one, time: time(one.time) }) as unknown as JsonObject),
  created: time(created),
  revoked: time(revoked),
  // Bytes that were read of it so far, while it is to become active.
  checking: shelf?.checking.get(model.id) ?? null,
});
