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
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields } from './fields.ts';

/** One call of a rotation works for so many milliseconds; whoever asks goes on with the next. */
const STRETCH = 10_000;

/** Keys of sealed content, and the content. */
export const vaultEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/admin/v1/vault',
    name: 'vault.status',
    action: 'vault.read',
    changes: false,
    async act(call) {
      const { masters, ...status } = await vaultOf(call).status();
      const models = new Map(await call.gate.shelf?.keys());
      const known = masters.map((master) => ({ ...master, models: models.get(master.name) ?? 0 }));
      // Of these nothing opens until the master key is back.
      const missing = await missingMasters(call.gate.shelf, call.gate.house.settings);
      return { ...status, masters: known, missing };
    },
  },
  {
    method: 'POST',
    path: '/admin/v1/vault/rotate',
    name: 'vault.rotate',
    fresh: true,
    action: 'vault.rotate',
    changes: true,
    async act(call) {
      const fields = new Fields(call.body, ['every', 'after']);
      const every = fields.text('every') === 'true';
      const { keys, next } = await vaultOf(call).rotate(every, fields.text('after') ?? '', STRETCH);
      if (next !== undefined) return { keys, next };
      // The last stretch has the keys of sealed models too.
      const { gate } = call;
      const rewrap = async () => (await gate.shelf?.rewrap(gate.house.settings, every)) ?? 0;
      const models = await gate.modelSteps.take(() => onShelf(rewrap));
      return { keys: keys + models, next: null };
    },
  },
  {
    method: 'GET',
    path: '/admin/v1/vault/content/:id',
    name: 'content.read',
    fresh: true,
    action: 'content.read',
    // Nothing is changed, but who reads is in the ledger before they do.
    changes: true,
    async act(call) {
      const time = timeOfRequest(call.id);
      if (time === undefined) throw new Refusal('not_found', { hint: 'Ids of requests are like req_01m3….' });
      const found = await vaultOf(call).read(call.id, time);
      if (found.length === 0) throw new Refusal('not_found', { hint: 'Nothing is sealed of this request.' });
      const recorded = await recordedIn(call);
      return { request: call.id, content: found.map((one) => shown(one, recorded)) };
    },
  },
  {
    method: 'POST',
    path: '/admin/v1/vault/erase',
    name: 'content.erase',
    fresh: true,
    action: 'content.erase',
    changes: true,
    async act(call) {
      const vault = vaultOf(call);
      const target = targetOf(call);
      const { keys, until } = vault.planErasure(target);
      // First: whatever happens next, a later start reads it and does it again.
      await call.gate.ledger.append(erasureEntry(call.ask.id, { target, until }, keys));
      forgetReplies(call.gate);
      return { keys: surely(() => vault.erase({ target, until })) };
    },
  },
  {
    method: 'POST',
    path: '/admin/v1/vault/restore-erasures',
    name: 'content.restore_erasures',
    fresh: true,
    action: 'content.erase',
    changes: true,
    async act(call) {
      new Fields(call.body, []);
      const { data, ledger: about } = call.house.settings;
      const erasures = erasuresIn(data, about.archive?.to);
      return { keys: await vaultOf(call).reapply(call.gate.ledger.size, erasures, true) };
    },
  },
];

function vaultOf({ gate }: AdminCall): Vault {
  if (gate.vault === undefined) throw new Refusal('conflict', { hint: 'The settings have no vault.' });
  return gate.vault;
}

function targetOf({ body, gate }: AdminCall<JsonObject>): Erasable {
  const fields = new Fields(body, ['subject', 'team', 'month']);
  const [subject, tenant, month] = [fields.text('subject'), fields.text('team'), fields.text('month')];
  if (subject !== undefined && tenant === undefined && month === undefined) {
    return { subject: subjectDigest(gate, subject) };
  }
  if (subject === undefined && tenant !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(month ?? '')) {
    return { tenant, month: month as string };
  }
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
  /** The ledger names exactly these sealed bytes. */
  recorded: recorded.has(`${head.id} ${digest}`),
  failed: failed ?? null,
  text: text ?? null,
});
