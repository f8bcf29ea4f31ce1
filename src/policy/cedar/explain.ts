import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Query } from '../query.ts';
import type { Documents } from './documents.ts';
import { actionEntities, callerEntity, resourceEntities } from './entities.ts';
import type { DocumentRule } from './rule.ts';

/** Why a rule about the action did or did not hold. */
export interface Explained {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly holds: boolean;
  /** What it failed on: `principal`, `resource`, or the text of the first condition that was not met. */
  readonly failed?: string;
}

/** Every rule of the documents that is about the action, with the first part of it that did not hold. */
export const explainDocuments = (documents: Documents, query: Query): Explained[] =>
  documents.rules
    .filter(({ actions }) => actions.has(query.action))
    .map((rule) => explain(documents, rule, query));

const ANYONE = { principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;

function explain(documents: Documents, { id, effect, json }: DocumentRule, query: Query): Explained {
  const holds = (part: Partial<PolicyJson>): boolean | undefined => {
    const { caller, action, resource, circumstances } = query;
    const answer = documents.engine.isAuthorized({
      principal: { type: 'Caller', id: caller.id },
      action: { type: 'Action', id: action },
      resource: { type: resource.kind, id: resource.id },
      context: documents.contextOf(circumstances),
      policies: { staticPolicies: { part: { effect: 'permit', conditions: [], ...ANYONE, ...part } } },
      entities: [
        callerEntity(caller, documents.mentions),
        ...actionEntities(action, documents.mentions),
        ...resourceEntities(resource, documents.mentions),
      ],
    });
    if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) return undefined;
    return answer.response.decision === 'allow';
  };
  const failed = (what: string, held: boolean | undefined) => ({
    id,
    effect,
    holds: false,
    failed: held === undefined ? `${what} (it cannot be evaluated)` : what,
  });
  for (const scope of ['principal', 'resource'] as const) {
    const held = holds({ [scope]: json[scope] });
    if (held !== true) return failed(scope, held);
  }
  // One after the other, each with those before it: they guard it (`context has purpose && …`).
  const clauses: PolicyJson['conditions'] = [];
  for (const { kind, body } of json.conditions) {
    for (const part of kind === 'when' ? conjuncts(body) : [body]) {
      clauses.push({ kind, body: part });
      const held = holds({ conditions: clauses });
      if (held !== true) return failed(`${kind} ${textOf(documents, part)}`, held);
    }
  }
  return { id, effect, holds: true };
}

/** The sides of `a && b && c`. */
function conjuncts(body: Expr): Expr[] {
  if (!('&&' in body)) return [body];
  const { left, right } = body['&&'] as { left: Expr; right: Expr };
  return [...conjuncts(left), ...conjuncts(right)];
}

function textOf({ engine }: Documents, body: Expr): string {
  const written = engine.policyToText({
    effect: 'permit',
    ...ANYONE,
    conditions: [{ kind: 'when', body }],
  });
  return written.type === 'failure' ? '' : (/when (\{.*\});$/s.exec(written.text)?.[1] ?? '');
}
