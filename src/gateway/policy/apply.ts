import { basename } from 'node:path';
import { diffLines } from '../../base/line-diff.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import { fitsScope, isPlain } from '../../policy/cedar/rule.ts';
import { mayAtAll } from '../../policy/decide.ts';
import { digestOf } from '../../policy/parse.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Origin, PolicyVersion } from '../../store/policy-versions.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';
import { personCaller } from '../people/session.ts';
import { readPolicyFile, writePolicyFile } from './policy-file.ts';
import { expectPolicy } from './versions.ts';

export interface Application {
  readonly text: string;
  /** Digest of the file that whoever wrote the text began with. */
  readonly base: string;
  /** Id of whoever applies it. */
  readonly person: string;
  readonly reason: string;
  readonly origin: Exclude<Origin, 'file'>;
  /** Number of the version that is brought back. */
  readonly restored: number | null;
  /** It is known that nobody may write the policy then. */
  readonly lockout: boolean;
}

/**
 * Brings a policy into force: it is tried whole, staged, written in the place of the file, and loaded by a reload. Where any of it
 * fails, file and policy are what they were. Throws `request_invalid` where it cannot be used, and `conflict` where the file is another
 * one, nobody could write the policy any more, its place takes no file, or it could not be loaded.
 */
export const applyPolicy = (gate: Gate, asked: Application): Promise<PolicyVersion> =>
  gate.policyTurns.take(async () => {
    const file = gate.plain.settings.policy;
    const before = await readPolicyFile(file);
    checkBase(before, asked, gate.plain.policy);
    const { policy, flaws } = gate.drafts.check(asked.text);
    if (policy === undefined) {
      const [first] = flaws;
      const place = first && `${first.file}:${first.line}:${first.column} ${first.message}`;
      throw new Refusal('request_invalid', { field: '/text', hint: `The policy cannot be used: ${place}` });
    }
    if (!asked.lockout && locksOut(gate, policy))
      throw new Refusal('conflict', {
        field: '/lockout',
        hint: 'Nobody could write the policy any more. Set “lockout” to true if that is meant.',
      });
    // Where no gateway runs, nobody has written down the one before.
    expectPolicy(gate, gate.plain.policy).settle();
    const { person, reason, origin, restored } = asked;
    gate.store.policies.stage({ hash: policy.hash, source: policy.source, person, reason, origin, restored });
    try {
      await writePolicyFile(gate.drafts.disk, file, asked.text);
      await gate.reload();
    } catch (cause) {
      await putBack(gate, file, before);
      gate.store.policies.unstage();
      // Problems name files, lines and keys of the configuration, and never a value of it.
      const why = cause instanceof Problem ? ` ${[cause.message, cause.advice].join('. ')}` : '';
      throw new Refusal('conflict', { hint: `Nothing was changed.${why}`, cause });
    }
    const version = gate.store.policies.newest();
    if (version === undefined) throw new Refusal('internal');
    return version;
  });

/** The file is the one that the text was made from; the refusal says what has changed since. */
function checkBase(before: string, { base }: Application, { source }: Policy): void {
  const digest = digestOf(before);
  if (digest === base) return;
  const lines = base === source.digest ? diffLines(source.text, before) : [];
  const count = (sign: string) => lines.filter((line) => line.sign === sign).length;
  const hint =
    base === source.digest
      ? `The file was changed by hand and not loaded (${count('+')} lines more, ${count('-')} fewer): reload it first, or put it back.`
      : digest === source.digest
        ? 'Another policy was applied meanwhile: compare yours with it, and apply again.'
        : 'The file is another one than you began with: read it again.';
  throw new Refusal('conflict', { field: '/base', hint });
}

async function putBack(gate: Gate, file: string, before: string): Promise<void> {
  try {
    if ((await readPolicyFile(file)) !== before) await writePolicyFile(gate.drafts.disk, file, before);
  } catch (error) {
    gate.log('error', 'a policy that could not be loaded is still in its file', {
      error: nameOf(error),
      file: basename(file),
    });
  }
}

/** Somebody may write the policy now, and nobody could under this one. Whoever owns the data folder always can. */
export function locksOut({ plain, store }: Gate, policy: Policy): boolean {
  const all: Caller[] = [
    ...store.callers
      .list()
      .flatMap((caller) => (caller.disabled === null ? [{ ...caller, credential: '' }] : [])),
    ...store.people.list().flatMap((person) => (person.disabled === null ? [personCaller(person, '')] : [])),
  ];
  const some = (one: Policy) => all.some((caller) => mayWrite(one, caller));
  return some(plain.policy) && !some(policy);
}

/** At some time, from somewhere: what conditions come to is not looked at. */
const mayWrite = (policy: Policy, caller: Caller): boolean =>
  mayAtAll(policy, caller, 'policy.write') &&
  !policy.documents?.rules.some(
    (rule) =>
      rule.effect === 'forbid' &&
      rule.actions.has('policy.write') &&
      isPlain(rule) &&
      fitsScope(rule.json.principal, caller),
  );
