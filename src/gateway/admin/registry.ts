import Type, { type Static, type TObject } from 'typebox';
import { isDay } from '../../base/day.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Action } from '../../exchange/exchange.ts';
import { objectOf } from '../../policy/actions.ts';
import type { ModelStep, Person, ScanMade } from '../../store/model-steps.ts';
import { askerOf, authorize } from '../authorize.ts';
import type { Gate } from '../house.ts';
import { callerNow } from '../identify.ts';
import { type ModelShelf, onShelf } from '../model-shelf.ts';
import { vouching } from '../vouching.ts';
import { type AdminCall, type Endpoint, endpoint, type Nothing } from './endpoint.ts';
import { Model, shown } from './model-shown.ts';
import { fields, Sha256, words } from './parameters.ts';

const PATH = '/admin/v1/registry';

/** Steps for which a person shows a factor first: to vouch for a model, and to take it away in clear. */
const DANGEROUS: ReadonlySet<Action> = new Set<Action>(['registry.approve', 'registry.export']);

const read = { method: 'GET', action: 'registry.read', changes: false } as const;

/** What a scan says of itself. */
const scanned = {
  root: Sha256,
  version: Type.String({
    pattern: '^[0-9A-Za-z.+-]{1,40}$',
    description: 'the version of Gatehouse that scanned',
  }),
  policy: Type.Optional(Sha256),
  until: Type.Optional(
    Type.Refine(
      Type.String({ format: 'date', description: 'the day until which it counts, as 2027-01-31' }),
      isDay,
    ),
  ),
};

/** It goes into the ledger, and from there onto a terminal. */
const Place = Type.String({
  pattern: '^[^\\p{Cc}\\p{Cs}]{1,1024}$',
  description: 'a path, 1024 characters at most',
});

/**
 * The registry of sealed models. Scanning and sealing is done by whoever has the files; here it is decided which step may
 * follow, and who may take it. What is claimed of sealed files is looked up in them, and to make a model active every
 * byte of it is read. Whoever opens one checks it all again.
 */
export const registryEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: PATH,
    name: 'registry.list',
    summary: 'All versions of sealed models',
    answer: Type.Object({ models: Type.Array(Model) }),
    act: ({ gate }) => ({ models: gate.store.models.list().map((model) => shown(model, gate)) }),
  }),
  endpoint({
    ...read,
    path: `${PATH}/:id`,
    name: 'registry.show',
    summary: 'One version of a model, by NAME@VERSION',
    answer: Model,
    act: ({ gate, id }) => shown(gate.store.models.find(id), gate),
  }),
  endpoint({
    method: 'POST',
    path: PATH,
    name: 'registry.add',
    summary: 'Adds a version of a model, as a draft',
    action: 'registry.add',
    changes: true,
    status: 201,
    body: fields({ name: Type.String() }),
    answer: Model,
    async act(call) {
      const { gate, ask } = call;
      const { name } = call.body;
      const { models } = gate.store;
      const [id, by] = [models.newId(name), personOf(call)];
      await gate.ledger.append({ kind: KIND, id: ask.id, act: 'add', ...whoIn(call), model: id, name });
      return shown(models.add(id, name, by), gate);
    },
  }),
  step({
    path: 'scanned',
    action: 'registry.add',
    summary: 'Says that the sealed files of a draft were scanned, and by what',
    body: fields(scanned),
    async read(call) {
      const { root, ...scan } = call.body;
      const by = personOf(call);
      const { files, bytes } = await opened(call, root);
      return { act: 'scan', by, root, files, bytes, scan: made(scan) };
    },
  }),
  step({
    path: 'signed',
    action: 'registry.add',
    summary: 'Looks up whose signature is on the sealed files',
    async read(call) {
      const by = personOf(call);
      const { signer } = await opened(call, call.gate.store.models.exactly(call.id).root ?? '');
      if (signer === null) throw new Refusal('conflict', { hint: 'There is no signature on it.' });
      return { act: 'sign', by, signer };
    },
  }),
  step({
    path: 'rescanned',
    action: 'registry.activate',
    summary: 'Says what a later scan found',
    body: fields({ ...scanned, verdict: words(['clean', 'findings', 'undecided']) }),
    read: ({ body: { root, verdict, ...scan } }) => ({ act: 'rescan', root, scan: made(scan), verdict }),
  }),
  step({
    path: 'approve',
    action: 'registry.approve',
    summary: 'Approves a version, as one of the people that it takes',
    body: fields({ root: Sha256 }),
    read: (call) => ({
      act: 'approve',
      by: personOf(call),
      root: call.body.root,
      rules: call.gate.house.settings.models,
      stands: vouching(call.gate),
    }),
  }),
  step({
    path: 'activate',
    action: 'registry.activate',
    summary: 'Reads and checks every byte of a version, then makes it the one of its name',
    async read({ gate, id, answer }) {
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
    },
  }),
  step({
    path: 'export',
    action: 'registry.export',
    summary: 'Records that a version is taken out, and where to',
    body: fields({ to: Place }),
    read: ({ body: { to }, gate }) => ({ act: 'export', rules: gate.house.settings.models, to }),
  }),
  step({
    path: 'revoke',
    action: 'registry.revoke',
    summary: 'Ends a version',
    read: () => ({ act: 'revoke' }),
  }),
  step({
    path: 'remove',
    action: 'registry.remove',
    summary: 'Destroys the key and the files of a version that was revoked',
    read({ gate }) {
      shelfOf(gate);
      return { act: 'remove' };
    },
  }),
];

/** Of each step of a model. */
const KIND = 'system.model';

interface Step<B extends TObject> {
  readonly path: string;
  readonly action: Action;
  readonly summary: string;
  readonly body?: B;
  read(call: AdminCall<Static<B>>): ModelStep | Promise<ModelStep>;
}

function step<B extends TObject = Nothing>({ path, action, summary, body, read }: Step<B>): Endpoint {
  return endpoint<B>({
    method: 'POST',
    path: `${PATH}/:id/${path}`,
    name: `registry.${path}`,
    summary,
    action,
    changes: true,
    ...(DANGEROUS.has(action) && { fresh: true }),
    ...(body !== undefined && { body }),
    answer: Model,
    act: async (call) => takeStep(call, action, await read(call)),
  });
}

const made = ({
  policy = null,
  until = null,
  ...scan
}: Pick<ScanMade, 'version'> & Partial<ScanMade>): ScanMade => ({ ...scan, policy, until });

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
