import Type, { type Static } from 'typebox';
import { timeOfRequest } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { entriesHolding } from '../../ledger/search.ts';
import type { Erasable } from '../../vault/key-store.ts';
import type { Unsealed, Vault } from '../../vault/vault.ts';
import { forgetReplies } from '../house.ts';
import { missingMasters, onShelf } from '../model-shelf.ts';
import { subjectDigest } from '../tags.ts';
import { erasureEntry, erasuresIn } from '../vault.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { fields, orNull, Time, words } from './parameters.ts';
import { mayUnseal } from './unsealing.ts';

/** One call of a rotation works for so many milliseconds; whoever asks goes on with the next. */
const STRETCH = 10_000;

const Status = Type.Object(
  {
    current: Type.String({ description: 'The master key under which new keys are wrapped.' }),
    masters: Type.Array(
      Type.Object({
        name: Type.String(),
        kind: Type.String(),
        keys: Type.Integer({ description: 'Keys that it wraps.' }),
        verified: Type.Boolean({ description: 'It was shown to be the right one since the start.' }),
        models: Type.Integer({ description: 'Keys of sealed models that it wraps.' }),
      }),
    ),
    months: Type.Integer(),
    subjects: Type.Integer(),
    cached: Type.Integer(),
    bytes: Type.Integer({ description: 'Of sealed content.' }),
    applied: Type.Integer({ description: 'Entries of the ledger that were read for erasures.' }),
    missing: Type.Array(Type.String(), {
      description: 'Master keys of sealed models that the settings do not have: those open nothing.',
    }),
  },
  { $id: 'Vault' },
);

const Content = Type.Object(
  {
    request: Type.String(),
    content: Type.Array(
      Type.Object({
        kind: Type.String(),
        id: Type.String(),
        team: Type.String(),
        subject: orNull(Type.String({ description: 'A keyed digest of the data subject.' })),
        time: Time,
        digest: Type.String({ description: 'SHA-256 over what is sealed, base64url.' }),
        recorded: Type.Boolean({ description: 'The ledger names exactly these sealed bytes.' }),
        failed: orNull(words(['tampered', 'erased'])),
        text: orNull(Type.String()),
      }),
    ),
  },
  { $id: 'Content' },
);

/** How many keys were destroyed. */
const Keys = Type.Object({ keys: Type.Integer() });

const Target = fields({
  subject: Type.Optional(Type.String({ description: 'as x-gatehouse-subject names them' })),
  team: Type.Optional(Type.String()),
  month: Type.Optional(
    Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'a month (UTC) such as 2026-10' }),
  ),
});

/** Keys of sealed content, and the content. */
export const vaultEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/admin/v1/vault',
    name: 'vault.status',
    summary: 'Keys and size of the sealed content',
    action: 'vault.read',
    changes: false,
    answer: Status,
    async act(call) {
      const { masters, ...status } = await vaultOf(call).status();
      const models = new Map(await call.gate.shelf?.keys());
      const known = masters.map((master) => ({ ...master, models: models.get(master.name) ?? 0 }));
      // Of these nothing opens until the master key is back.
      const missing = await missingMasters(call.gate.shelf, call.gate.house.settings);
      return { ...status, masters: known, missing };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/admin/v1/vault/rotate',
    name: 'vault.rotate',
    summary: 'Wraps keys under the current master key, for ten seconds at most',
    fresh: true,
    action: 'vault.rotate',
    changes: true,
    body: fields({
      every: Type.Optional(Type.Boolean({ description: 'Those under the current master key too.' })),
      after: Type.Optional(Type.String({ description: '`next` of the call before.' })),
    }),
    answer: Type.Object({ keys: Type.Integer(), next: orNull(Type.String()) }),
    async act(call) {
      const { every = false, after = '' } = call.body;
      const { keys, next } = await vaultOf(call).rotate(every, after, STRETCH);
      if (next !== undefined) return { keys, next };
      // The last stretch has the keys of sealed models too.
      const { gate } = call;
      const rewrap = async () => (await gate.shelf?.rewrap(gate.house.settings, every)) ?? 0;
      const models = await gate.modelSteps.take(() => onShelf(rewrap));
      return { keys: keys + models, next: null };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/admin/v1/vault/content/:id',
    name: 'content.read',
    summary: 'What is sealed of a request, opened; that it was read is recorded',
    fresh: true,
    action: 'content.read',
    // Nothing is changed, but who reads is in the ledger before they do.
    changes: true,
    answer: Content,
    async act(call) {
      const time = timeOfRequest(call.id);
      if (time === undefined) throw new Refusal('not_found', { hint: 'Ids of requests are like req_01m3….' });
      const kept = await vaultOf(call).read(call.id, time);
      // Only with it is it known whose it is: of others there is nothing, as of none.
      const found = kept.filter(({ head }) => mayUnseal(call, head.tenant));
      if (found.length === 0) throw new Refusal('not_found', { hint: 'Nothing is sealed of this request.' });
      const recorded = await recordedIn(call);
      return { request: call.id, content: found.map((one) => shown(one, recorded)) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/admin/v1/vault/erase',
    name: 'content.erase',
    summary: 'Destroys the keys of a person’s content, or of a team’s in a month, for good',
    fresh: true,
    action: 'content.erase',
    changes: true,
    body: Target,
    answer: Keys,
    async act(call) {
      const vault = vaultOf(call);
      const target = targetOf(call);
      const { keys, until } = vault.planErasure(target);
      // First: whatever happens next, a later start reads it and does it again.
      await call.gate.ledger.append(erasureEntry(call.ask.id, { target, until }, keys));
      forgetReplies(call.gate);
      return { keys: surely(() => vault.erase({ target, until })) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/admin/v1/vault/restore-erasures',
    name: 'content.restore_erasures',
    summary: 'Does again every erasure that the ledger tells of',
    fresh: true,
    action: 'content.erase',
    changes: true,
    answer: Keys,
    async act(call) {
      const { data, ledger: about } = call.house.settings;
      const erasures = erasuresIn(data, about.archive?.to);
      return { keys: await vaultOf(call).reapply(call.gate.ledger.size, erasures, true) };
    },
  }),
];

function vaultOf({ gate }: AdminCall): Vault {
  if (gate.vault === undefined) throw new Refusal('conflict', { hint: 'The settings have no vault.' });
  return gate.vault;
}

function targetOf({ body, gate }: AdminCall<Static<typeof Target>>): Erasable {
  const { subject, team: tenant, month } = body;
  if (subject !== undefined && tenant === undefined && month === undefined)
    return { subject: subjectDigest(gate, subject) };
  if (subject === undefined && tenant !== undefined && month !== undefined) return { tenant, month };
  throw new Refusal('request_invalid', { hint: 'Name a subject, or a team and a month such as 2026-10.' });
}

function surely<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const hint = 'The erasure is recorded but not complete: run gatehouse vault restore-erasures.';
    throw new Refusal('vault_unavailable', { hint, cause });
  }
}

/** What the ledger says was sealed of a request: ids and digests. */
async function recordedIn({ id, house }: AdminCall): Promise<ReadonlySet<string>> {
  const recorded = new Set<string>();
  const { data, ledger } = house.settings;
  const archive = ledger.archive?.to;
  for await (const { fields } of entriesHolding(ledgerPaths(data).folder, `"id":"${id}"`, { archive })) {
    if (fields.id !== id || fields.content === undefined) continue;
    for (const one of Object.values(fields.content as JsonObject)) {
      const { id: record, digest } = (one ?? {}) as JsonObject;
      recorded.add(`${record} ${digest}`);
    }
  }
  return recorded;
}

const shown = ({ head, digest, text, failed }: Unsealed, recorded: ReadonlySet<string>): JsonObject => ({
  kind: head.kind,
  id: head.id,
  team: head.tenant,
  subject: head.subject,
  time: new Date(head.time).toISOString(),
  digest,
  recorded: recorded.has(`${head.id} ${digest}`),
  failed: failed ?? null,
  text: text ?? null,
});
