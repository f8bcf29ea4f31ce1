import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import type { ModelStep, Person, RegisteredModel } from '../../store/model-steps.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/registry';

/**
 * The registry of sealed models. Sealing, scanning and verifying are done by whoever has the files; what is decided here
 * is which step may follow, and who may take it. Whoever opens a model checks its bytes and its signature again.
 */
export const registryEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: PATH,
    name: 'registry.list',
    action: 'registry.read',
    changes: false,
    act: ({ gate }) => ({ models: gate.store.models.list().map(shown) }),
  },
  {
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'registry.show',
    action: 'registry.read',
    changes: false,
    act: ({ gate, id }) => shown(gate.store.models.find(id)),
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
      await gate.ledger.append({ kind: 'system.model', id: ask.id, act: 'add', model: id, name });
      return shown(models.add(id, name, by));
    },
  },
  step('scanned', 'registry.scanned', 'registry.add', (call) => {
    const fields = new Fields(call.body, ['root', 'files', 'bytes']);
    return {
      act: 'scan',
      by: personOf(call),
      root: rootIn(fields),
      files: required(fields.count('files', 1_000_000), 'files'),
      // A model of empty files has none.
      bytes: fields.count('bytes', Number.MAX_SAFE_INTEGER) ?? 0,
    };
  }),
  step('signed', 'registry.signed', 'registry.add', (call) => {
    const signer = required(new Fields(call.body, ['signer']).text('signer'), 'signer');
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(signer))
      throw new Refusal('request_invalid', {
        field: '/signer',
        hint: 'It must be a name of the trust policy.',
      });
    return { act: 'sign', by: personOf(call), signer };
  }),
  step('approve', 'registry.approve', 'registry.approve', (call) => ({
    act: 'approve',
    by: personOf(call),
    root: rootIn(new Fields(call.body, ['root'])),
    rules: call.house.settings.models,
  })),
  step('activate', 'registry.activate', 'registry.activate', ({ body, house }) => {
    new Fields(body, []);
    return { act: 'activate', rules: house.settings.models };
  }),
  step('revoke', 'registry.revoke', 'registry.revoke', ({ body }) => {
    new Fields(body, []);
    return { act: 'revoke' };
  }),
  {
    method: 'POST',
    path: `${PATH}/:id/export`,
    name: 'registry.export',
    action: 'registry.export',
    // Nothing is changed, but who takes a model out is in the ledger before they do.
    changes: true,
    act({ gate, id, body }) {
      new Fields(body, []);
      return shown(gate.store.models.find(id));
    },
  },
];

/** A step is planned, recorded and then taken: one that could not be recorded does not happen. */
function step(path: string, name: string, action: Action, read: (call: AdminCall) => ModelStep): Endpoint {
  return {
    method: 'POST',
    path: `${PATH}/:id/${path}`,
    name,
    action,
    changes: true,
    async act(call) {
      const { gate, ask, id } = call;
      const taken = read(call);
      const { id: model, version, name, root } = gate.store.models.plan(id, taken);
      await gate.ledger.append({
        kind: 'system.model',
        id: ask.id,
        act: taken.act,
        model,
        name,
        version,
        root,
        ...('signer' in taken && { signer: taken.signer }),
      });
      return shown(gate.store.models.take(id, taken));
    },
  };
}

/** Whoever owns the data folder can be anybody: for two people to be told apart, each has a key. */
function personOf({ caller, ask }: AdminCall): Person {
  if (ask.local)
    throw new Refusal('credential_missing', { hint: 'Two people are needed, so each brings a key.' });
  return { id: caller.id, owner: caller.owner };
}

function rootIn(fields: Fields): string {
  const root = required(fields.text('root'), 'root');
  if (!/^[0-9a-f]{64}$/.test(root))
    throw new Refusal('request_invalid', { field: '/root', hint: 'It must be a SHA-256 in hex.' });
  return root;
}

const shown = ({ created, revoked, approvals, submitter, ...model }: RegisteredModel): JsonObject => ({
  ...model,
  submitter: { ...submitter },
  approvals: approvals.map((one) => ({ ...one, time: time(one.time) })),
  created: time(created),
  revoked: time(revoked),
});
