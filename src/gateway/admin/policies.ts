import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { SECTIONS } from '../../policy/compare.ts';
import { digestOf } from '../../policy/parse.ts';
import { policySchema } from '../../policy/schema.ts';
import { MOST_TEXTS, type PolicyVersion } from '../../store/policy-versions.ts';
import { type Application, applyPolicy } from '../policy/apply.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { comparison, type Named, warningsOf } from '../policy/view.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { nameOf } from './names.ts';
import { count, fields, orNull, Time, words } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'policy.read', changes: false } as const;
const write = { method: 'POST', action: 'policy.write', changes: true, fresh: true } as const;

/** Longest policy that is taken, in characters: an entry of the body beside it has to have room. */
const LONGEST = 256 * 1024;
export const PolicyText = Type.String({ maxLength: LONGEST, description: 'The policy, as YAML' });
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of a text, in hex' });
const Numbered = count(Number.MAX_SAFE_INTEGER);

/** It stands in the ledger: one line. */
export const Reason = Type.String({
  pattern: '^[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]{1,200}$',
  description: 'Why; 1 to 200 characters without line breaks. It stands in the ledger.',
});

const Flaw = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  pointer: orNull(Type.String({ description: 'JSON pointer (RFC 6901)' })),
  message: Type.String(),
});

const WarningShown = Type.Object({
  kind: words(['loosens', 'locks_out', 'unpriced']),
  message: Type.String(),
});

const Change = Type.Object({
  section: words(SECTIONS),
  name: Type.String(),
  field: Type.String(),
  before: orNull(Type.String()),
  after: orNull(Type.String()),
  effect: words(['loosens', 'tightens', 'changes']),
});

const Version = Type.Object(
  {
    version: Type.Integer(),
    since: Time,
    hash: Type.String(),
    digest: Type.String(),
    origin: words(['file', 'applied', 'restored']),
    person: orNull(Type.String()),
    name: orNull(Type.String({ description: 'What that person, or program, is called' })),
    reason: orNull(Type.String()),
    restored: orNull(Type.Integer()),
    kept: Type.Boolean({ description: 'Its text can still be had' }),
    running: Type.Boolean(),
  },
  { $id: 'PolicyVersion' },
);

const Side = Type.Union([words(['running', 'file', 'draft']), Numbered]);

/** The policy as text: what is in force and was, drafts of it, and how one is applied. */
export const policyEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/policy/text',
    name: 'policy.text',
    summary: 'The policy file as it stands, and whether it is the one in force',
    answer: Type.Object({
      text: Type.String(),
      digest: Type.String(),
      running: Type.String(),
      loaded: Type.Boolean(),
    }),
    async act({ gate: { plain } }) {
      const text = await readPolicyFile(plain.settings.policy);
      const digest = digestOf(text);
      const running = plain.policy.source.digest;
      return { text, digest, running, loaded: digest === running };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/policy/schema',
    name: 'policy.schema',
    summary: 'The JSON Schema of policies, for editors',
    answer: Type.Object({}, { additionalProperties: true }),
    act: ({ gate }) => JSON.parse(JSON.stringify(policySchema(gate.drafts.kinds))) as JsonObject,
  }),
  endpoint({
    ...read,
    method: 'POST',
    path: '/admin/v1/policy/check',
    name: 'policy.check',
    summary: 'What is wrong with a policy that is not applied, and what it would loosen',
    body: fields({ text: PolicyText }),
    answer: Type.Object({
      ok: Type.Boolean(),
      hash: orNull(Type.String()),
      digest: Type.String(),
      flaws: Type.Array(Flaw),
      warnings: Type.Array(WarningShown),
    }),
    act({ gate, body: { text } }) {
      const { policy, flaws } = gate.drafts.check(text);
      return {
        ok: policy !== undefined,
        hash: policy?.hash ?? null,
        digest: digestOf(text),
        flaws: flaws.map(({ pointer = null, ...flaw }) => ({ ...flaw, pointer })),
        warnings: policy === undefined ? [] : warningsOf(gate, policy).map((warning) => ({ ...warning })),
      };
    },
  }),
  endpoint({
    ...read,
    method: 'POST',
    path: '/admin/v1/policy/diff',
    name: 'policy.diff',
    summary: 'What two policies differ in, as text and in meaning',
    body: fields({
      from: Type.Optional(Side),
      to: Type.Optional(Side),
      text: Type.Optional(PolicyText),
    }),
    answer: Type.Object({
      from: Type.String({ description: 'Text of the first' }),
      to: Type.String({ description: 'Text of the second' }),
      unified: Type.String(),
      changes: orNull(Type.Array(Change)),
      problem: orNull(Type.String({ description: 'Why there are no changes: one of them cannot be used' })),
    }),
    async act({ gate, body: { from = 'running', to, text } }) {
      const other: Named = to ?? (text === undefined ? 'file' : 'draft');
      const found = await comparison(gate, from as Named, other as Named, text);
      return {
        from: found.from.text,
        to: found.to.text,
        unified: found.unified,
        changes:
          found.changes?.map(({ before = null, after = null, ...change }) => ({
            ...change,
            before,
            after,
          })) ?? null,
        problem: found.from.problem ?? found.to.problem ?? null,
      };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/policy/versions',
    name: 'policy.versions',
    summary: `The policies that were in force, newest first; the text is kept of ${MOST_TEXTS}`,
    query: fields({ before: Type.Optional(Numbered), limit: Type.Optional(count(1000)) }),
    answer: Type.Object({ versions: Type.Array(Version), next: orNull(Type.Integer()) }),
    act(call) {
      const { before, limit = 50 } = call.query;
      const versions = call.gate.store.policies.list(limit, before);
      return {
        versions: versions.map((version) => shown(call, version)),
        next: versions.length === limit ? (versions.at(-1)?.number ?? null) : null,
      };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/policy/versions/:id',
    name: 'policy.version',
    summary: 'One version, with its text and the files that it named',
    answer: Type.Object({
      version: Version,
      text: orNull(Type.String()),
      files: Type.Record(Type.String(), Type.String()),
    }),
    act(call) {
      const { policies } = call.gate.store;
      const version = policies.get(numberIn(call.id));
      const source = version.kept ? policies.source(version.number) : undefined;
      return {
        version: shown(call, version),
        text: source?.text ?? null,
        files: Object.fromEntries(source?.files ?? []),
      };
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/policy/apply',
    name: 'policy.apply',
    summary: 'Brings a policy into force: writes the file, and reloads',
    body: fields({
      text: PolicyText,
      base: Digest,
      reason: Reason,
      lockout: Type.Optional(
        Type.Boolean({ description: 'Nobody may write the policy then, and that is meant' }),
      ),
    }),
    answer: Version,
    act: (call) => apply(call, { ...call.body, origin: 'applied', restored: null }),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/policy/versions/:id/restore',
    name: 'policy.restore',
    summary: 'Brings an earlier policy back into force',
    body: fields({
      base: Type.Optional(Digest),
      reason: Reason,
      lockout: Type.Optional(Type.Boolean()),
    }),
    answer: Version,
    act(call) {
      const { policies } = call.gate.store;
      const number = numberIn(call.id);
      const { text, files } = policies.source(number);
      checkFiles(call, files);
      const { base = call.gate.plain.policy.source.digest, ...given } = call.body;
      return apply(call, { ...given, base, text, origin: 'restored', restored: number });
    },
  }),
];

async function apply(
  call: AdminCall<unknown, unknown>,
  {
    lockout = false,
    ...given
  }: Omit<Application, 'person' | 'lockout'> & { readonly lockout?: boolean | undefined },
): Promise<JsonObject> {
  const version = await applyPolicy(call.gate, { ...given, person: call.caller.id, lockout });
  call.record.note({ version: version.number, policy_applied: version.hash });
  return shown(call, version);
}

/**
 * Only the policy's own file is written. Where those that it names are others now, bringing back the text alone would make a policy
 * that never was.
 */
function checkFiles({ gate }: AdminCall<unknown, unknown>, files: ReadonlyMap<string, string>): void {
  const changed = [...files].filter(([name, text]) => {
    const now = gate.drafts.file(name);
    return now !== text;
  });
  if (changed.length === 0) return;
  const names = changed.map(([name]) => name).join(', ');
  throw new Refusal('conflict', {
    hint: `What it names is another one now (${names}): put that back first; the version shows its text.`,
  });
}

function numberIn(id: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new Refusal('not_found', { hint: 'Versions are numbers.' });
  return Number(id);
}

const shown = (
  { gate }: AdminCall<unknown, unknown>,
  { number, time: since, hash, digest, origin, person, reason, restored, kept }: PolicyVersion,
): JsonObject => ({
  version: number,
  since: time(since),
  hash,
  digest,
  origin,
  person: person === '' ? null : person,
  name: person === '' ? null : nameOf(gate, person),
  reason: reason === '' ? null : reason,
  restored,
  kept,
  running: gate.store.policies.newest()?.number === number,
});
