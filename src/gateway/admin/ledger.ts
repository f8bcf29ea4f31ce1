import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import { NEWEST } from '../../audit/history.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths, PUBLIC_KEYS } from '../../ledger/init.ts';
import { LedgerPages } from '../../ledger/pages.ts';
import type { Gate } from '../house.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { watcherOf } from './exchanges.ts';
import { count, duration, durationIn, fields, orNull, Seq, Time, words } from './parameters.ts';

/** The newest checkpoint with the signatures of a quorum of witnesses, as `witness/` writes it. */
const COSIGNED = 'checkpoint.cosigned';

const read = { method: 'GET', action: 'audit.read', changes: false } as const;

const pages = new WeakMap<Gate, LedgerPages>();

const State = Type.Object(
  {
    state: words(['open', 'failed', 'closed']),
    entries: Type.Integer(),
    signed: Type.Integer({ description: 'Entries that the newest checkpoint covers.' }),
    root: Type.String({ description: 'Of the tree of all entries.' }),
    witnesses: Type.Optional(
      Type.Object({
        quorum: Type.Integer(),
        cosigned: Type.Integer({ description: 'Entries that a quorum has cosigned.' }),
        since: orNull(Time),
        witnesses: Type.Array(
          Type.Object({
            name: Type.String(),
            cosigned: Type.Integer(),
            at: orNull(Time),
            trouble: orNull(Type.String()),
          }),
        ),
      }),
    ),
  },
  { $id: 'Ledger' },
);

const Archived = Type.Object(
  {
    to: Type.String({ description: 'The folder of the archive.' }),
    dry: Type.Boolean(),
    segments: Type.Integer(),
    first: orNull(Seq),
    next: orNull(Seq),
    more: Type.Boolean({ description: 'Others are left: ask again.' }),
  },
  { $id: 'Archived' },
);

const Proof = Type.Object(
  {
    v: Type.Literal(1),
    proof: Type.Literal('inclusion'),
    seq: Seq,
    entry: Type.String({ description: 'The line, without its newline.' }),
    path: Type.Array(Type.String(), { description: 'Sibling hashes, leaf first (RFC 9162, section 2.1.3).' }),
    checkpoint: Type.String({ description: 'A signed note.' }),
  },
  { $id: 'InclusionProof' },
);

/** What a mirror needs to follow the ledger from elsewhere: checkpoints, keys, and entries as they stand. */
export const ledgerEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/ledger',
    name: 'audit.state',
    summary: 'How the ledger stands',
    answer: State,
    act: ({ gate: { ledger, witnesses } }) => ({
      state: ledger.state,
      entries: ledger.size,
      signed: ledger.signedSize,
      root: ledger.root(),
      ...(witnesses !== undefined && { witnesses: witnesses() }),
    }),
  }),
  endpoint({
    method: 'POST',
    path: '/admin/v1/ledger/archive',
    name: 'ledger.archive',
    summary: 'Moves old segments to the archive',
    action: 'audit.archive',
    changes: true,
    body: fields({
      keep: Type.Optional(duration()),
      dry_run: Type.Optional(Type.Boolean({ description: 'Only says what would be moved.' })),
    }),
    answer: Archived,
    async act({ gate, body: { keep, dry_run: dry = false } }) {
      if (gate.archive === undefined) throw new Refusal('conflict', { hint: 'This process has no ledger.' });
      try {
        return await gate.archive(keep === undefined ? undefined : durationIn(keep), dry);
      } catch (cause) {
        throw cause instanceof Problem ? refusalOf(cause) : cause;
      }
    },
  }),
  file('key', PUBLIC_KEYS, 'The public keys of the ledger'),
  file('checkpoint', NEWEST, 'The newest checkpoint, a signed note'),
  file('cosigned', COSIGNED, 'The newest checkpoint that a quorum of witnesses has cosigned'),
  endpoint({
    ...read,
    path: '/admin/v1/ledger/entries/:id',
    name: 'audit.entries',
    summary: 'Entries as they stand, a line each, from this number on',
    query: fields({ count: Type.Optional(count(1_000_000)) }),
    answer: 'text',
    async act(call) {
      if (!SEQ.test(call.id)) throw new Refusal('not_found');
      call.textType = 'application/jsonl';
      const { gate, id, query } = call;
      const { text } = await pagesOf(gate).read(Number(id), gate.ledger.size, query.count);
      return text;
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/ledger/proof/:id',
    name: 'audit.proof',
    summary: 'The proof that the entry of this number is in the ledger',
    answer: Proof,
    async act({ gate, id }) {
      if (!SEQ.test(id)) throw new Refusal('not_found');
      const proved = await watcherOf(gate).ask('proof', { seq: Number(id) });
      if ('later' in proved) throw new Refusal('overloaded', { retryAfter: 1 });
      if ('refused' in proved) throw new Refusal('conflict', { hint: proved.refused });
      return { ...proved.proof, path: [...proved.proof.path] };
    },
  }),
];

function file(path: 'key' | 'checkpoint' | 'cosigned', name: string, summary: string): Endpoint {
  return endpoint({
    ...read,
    path: `/admin/v1/ledger/${path}`,
    name: `audit.${path}`,
    summary,
    answer: 'text',
    act: ({ gate }) => fileOf(gate, name),
  });
}

/** Numbers of entries. */
const SEQ = /^(0|[1-9]\d{0,15})$/;

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
