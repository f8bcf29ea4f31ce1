import { unifiedDiff } from '../../base/line-diff.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { comparePolicies, type PolicyChange } from '../../policy/compare.ts';
import { digestOf } from '../../policy/parse.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Gate } from '../house.ts';
import { unpricedModels, unpricedNote } from '../unpriced.ts';
import { locksOut } from './apply.ts';
import { readPolicyFile } from './policy-file.ts';

/** `running`: the one in force; `file`: as it stands on disk; `draft`: a text that comes with the question; or the number of a version. */
export type Named = 'running' | 'file' | 'draft' | number;

/** One of two policies that are compared. */
interface Side {
  readonly text: string;
  readonly digest: string;
  /** Undefined where it cannot be used, as one of an older Gatehouse may not. */
  readonly policy: Policy | undefined;
  readonly problem: string | undefined;
}

export interface Comparison {
  readonly from: Side;
  readonly to: Side;
  /** As `diff -u` writes it; empty: the texts are the same. */
  readonly unified: string;
  /** Undefined where one of them cannot be read. */
  readonly changes: readonly PolicyChange[] | undefined;
}

/** @param draft the text where one side is `draft`. Throws `not_found` and `request_invalid` */
export async function comparison(
  gate: Gate,
  from: Named,
  to: Named,
  draft: string | undefined,
): Promise<Comparison> {
  const [one, other] = [await sideOf(gate, from, draft), await sideOf(gate, to, draft)];
  return {
    from: one,
    to: other,
    unified: unifiedDiff(one.text, other.text, [String(from), String(to)]),
    changes:
      one.policy === undefined || other.policy === undefined
        ? undefined
        : comparePolicies(one.policy, other.policy),
  };
}

async function sideOf(gate: Gate, named: Named, draft: string | undefined): Promise<Side> {
  const { plain, drafts, store } = gate;
  if (named === 'running') {
    const { policy } = plain;
    return { text: policy.source.text, digest: policy.source.digest, policy, problem: undefined };
  }
  const { text, files } =
    typeof named === 'number'
      ? store.policies.source(named)
      : { text: named === 'file' ? await readPolicyFile(plain.settings.policy) : draft, files: undefined };
  if (text === undefined)
    throw new Refusal('request_invalid', { field: '/text', hint: 'A draft needs its text.' });
  const digest = digestOf(text);
  try {
    return { text, digest, policy: drafts.read(text, files), problem: undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { text, digest, policy: undefined, problem: error.message };
  }
}

/** Something that whoever applies a policy should have seen. */
export interface Warning {
  readonly kind: 'loosens' | 'locks_out' | 'unpriced';
  readonly message: string;
}

/** What a policy lets through that the one in force does not, and what else could surprise. */
export function warningsOf(gate: Gate, policy: Policy): Warning[] {
  const { plain } = gate;
  const note = unpricedNote(unpricedModels(plain.settings, policy));
  return [
    ...(locksOut(gate, policy)
      ? [
          {
            kind: 'locks_out' as const,
            message: 'nobody may write the policy any more, but whoever owns the data folder',
          },
        ]
      : []),
    ...comparePolicies(plain.policy, policy)
      .filter(({ effect }) => effect === 'loosens')
      .map((change) => ({ kind: 'loosens' as const, message: sentence(change) })),
    ...(note === undefined ? [] : [{ kind: 'unpriced' as const, message: note }]),
  ];
}

/** `guards secrets action.prompt: block → flag` */
export function sentence({ section, name, field, before, after }: PolicyChange): string {
  const what = [section, name, field].filter((part) => part !== '').join(' ');
  if (before === undefined) return `${what}: new (${after})`;
  return after === undefined ? `${what}: gone (${before})` : `${what}: ${before} → ${after}`;
}
