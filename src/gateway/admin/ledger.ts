import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NEWEST } from '../../audit/history.ts';
import type { JsonObject } from '../../base/json.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths, PUBLIC_KEYS } from '../../ledger/init.ts';
import { LedgerPages } from '../../ledger/pages.ts';
import { proveInclusion } from '../../ledger/prove.ts';
import { readLedger } from '../../ledger/read.ts';
import { readPublicKeys } from '../../ledger/verify-files.ts';
import type { Gate } from '../house.ts';
import type { Endpoint } from './endpoint.ts';
import { Fields } from './fields.ts';
import { Query } from './query.ts';

/** The newest checkpoint with the signatures of a quorum of witnesses, as `witness/` writes it. */
const COSIGNED = 'checkpoint.cosigned';

const read = { method: 'GET', action: 'audit.read', changes: false } as const;

const pages = new WeakMap<Gate, LedgerPages>();

/** What a mirror needs to follow the ledger from elsewhere: checkpoints, keys, and entries as they stand. */
export const ledgerEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/ledger',
    name: 'audit.state',
    act: ({ gate: { ledger, witnesses } }) => ({
      state: ledger.state,
      entries: ledger.size,
      signed: ledger.signedSize,
      root: ledger.root(),
      ...(witnesses !== undefined && { witnesses: witnesses() }),
    }),
  },
  {
    method: 'POST',
    path: '/admin/v1/ledger/archive',
    name: 'ledger.archive',
    action: 'audit.archive',
    changes: true,
    async act({ gate, body }) {
      const fields = new Fields(body, ['keep', 'dry_run']);
      const keep = fields.duration('keep');
      if (gate.archive === undefined) throw new Refusal('conflict', { hint: 'This process has no ledger.' });
      try {
        return await gate.archive(keep, fields.text('dry_run') === 'true');
      } catch (cause) {
        throw cause instanceof Problem ? refusalOf(cause) : cause;
      }
    },
  },
  { ...read, path: '/admin/v1/ledger/key', name: 'audit.key', act: ({ gate }) => fileOf(gate, PUBLIC_KEYS) },
  {
    ...read,
    path: '/admin/v1/ledger/checkpoint',
    name: 'audit.checkpoint',
    act: ({ gate }) => fileOf(gate, NEWEST),
  },
  {
    ...read,
    path: '/admin/v1/ledger/cosigned',
    name: 'audit.cosigned',
    act: ({ gate }) => fileOf(gate, COSIGNED),
  },
  {
    ...read,
    path: '/admin/v1/ledger/entries/:id',
    name: 'audit.entries',
    query: ['count'],
    async act(call) {
      if (!SEQ.test(call.id)) throw new Refusal('not_found');
      call.textType = 'application/jsonl';
      const most = new Query(call.ask.query).count('count', 1_000_000);
      const { text } = await pagesOf(call.gate).read(Number(call.id), call.gate.ledger.size, most);
      return text;
    },
  },
  {
    ...read,
    path: '/admin/v1/ledger/proof/:id',
    name: 'audit.proof',
    async act({ gate, id }) {
      if (!SEQ.test(id)) throw new Refusal('not_found');
      if (proving.has(gate))
        throw new Refusal('overloaded', { retryAfter: 1, hint: 'Another proof is being made.' });
      proving.add(gate);
      try {
        const folder = ledgerPaths(gate.house.settings.data).folder;
        const keys = await readPublicKeys(join(folder, PUBLIC_KEYS));
        return {
          ...(await proveInclusion(await readLedger(folder), keys, Number(id))),
        } as unknown as JsonObject;
      } catch (cause) {
        throw cause instanceof Problem ? refusalOf(cause) : cause;
      } finally {
        proving.delete(gate);
      }
    },
  },
];

/** Numbers of entries. */
const SEQ = /^(0|[1-9]\d{0,15})$/;

/** Gateways that make a proof now: one at a time, since each reads the whole ledger. */
const proving = new WeakSet<Gate>();

/** Problems name folders and files of the ledger, and nothing of what is in them. */
function refusalOf(cause: Problem): Refusal {
  const { message, advice = '' } = cause;
  const hint = `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${advice}`.trimEnd();
  return new Refusal('conflict', { hint, cause });
}

function pagesOf(gate: Gate): LedgerPages {
  const known = pages.get(gate);
  if (known !== undefined) return known;
  const made = new LedgerPages(ledgerPaths(gate.house.settings.data).folder);
  pages.set(gate, made);
  return made;
}

async function fileOf(gate: Gate, name: string): Promise<string> {
  try {
    return await readFile(pagesOf(gate).file(name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal('not_found');
    throw error;
  }
}
