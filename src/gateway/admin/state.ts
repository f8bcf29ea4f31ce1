import Type, { type TSchema } from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { dollarsOf } from '../../base/money.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { ACTIONS } from '../../exchange/exchange.ts';
import { matrixOf } from '../../policy/matrix.ts';
import { roleNames } from '../../policy/role-names.ts';
import { unpricedModels } from '../unpriced.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { orNull, words } from './parameters.ts';

const Texts = Type.Array(Type.String());
const actions = (known: TSchema) => Type.Object({ prompt: known, reply: known });

const Policy = Type.Object(
  {
    hash: Type.String(),
    roles: Texts,
    documents: Type.Array(Type.Object({ id: Type.String(), effect: words(['permit', 'forbid']) })),
    guards: Type.Array(
      Type.Object({
        name: Type.String(),
        use: Type.String(),
        action: actions(Type.String()),
        on: actions(Type.Boolean()),
        on_error: words(['block', 'allow']),
        budget_ms: Type.Number(),
        stream: words(['exact', 'window', 'whole']),
      }),
    ),
    quotas: Type.Array(
      Type.Object({ scope: Type.String(), limits: Texts, concurrency: orNull(Type.Integer()) }),
    ),
    budgets: Type.Array(Type.Object({ scope: Type.String(), limits: Texts, alerts: Texts })),
    prices: Type.Object({ as_of: Type.String(), hash: Type.String() }),
    unpriced: Type.Object({ requests: words(['block', 'allow']), models: Texts }),
    media: Texts,
  },
  { $id: 'Policy' },
);

const Cell = Type.Object({
  role: Type.String(),
  action: words(ACTIONS),
  on: Type.String(),
  effect: words(['allow', 'some', 'deny']),
  by: Texts,
});

/** What the gateway runs with, and what it has done. */
export const stateEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/admin/v1/config',
    name: 'config.show',
    summary: 'The settings in force, without secrets',
    answer: Type.Record(Type.String(), Type.Unknown()),
    action: 'config.read',
    changes: false,
    // Secrets are of a class whose JSON is `[secret]`.
    act: ({ house }) => JSON.parse(JSON.stringify({ ...house.settings, routes: undefined })) as JsonObject,
  }),
  endpoint({
    method: 'POST',
    path: '/admin/v1/reload',
    name: 'config.reload',
    summary: 'Reads the settings and the policy again',
    answer: Type.Object({ policy: Type.String() }),
    fresh: true,
    action: 'config.reload',
    changes: true,
    async act({ gate }) {
      try {
        await gate.reload();
      } catch (cause) {
        if (!(cause instanceof Problem)) throw cause;
        // Problems name files, lines and keys of the configuration, and never a value of it.
        throw new Refusal('conflict', { hint: `Nothing was changed. ${cause.message}`, cause });
      }
      return { policy: gate.house.policy.hash };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/admin/v1/policy',
    name: 'policy.show',
    summary: 'The policy in force',
    answer: Policy,
    action: 'policy.read',
    changes: false,
    act: ({ house: { policy, settings } }) => ({
      hash: policy.hash,
      roles: roleNames(policy),
      documents: (policy.documents?.rules ?? []).map(({ id, effect }) => ({ id, effect })),
      guards: policy.guards.map(({ name, use, action, on, onError, budget, stream }) => ({
        name,
        use,
        action: { ...action },
        on: { ...on },
        on_error: onError,
        budget_ms: budget,
        stream,
      })),
      quotas: policy.quotas.map(({ id, rates, concurrency }) => ({
        scope: id,
        limits: rates.map(({ measure, limit, unit }) => `${limit} ${measure} a ${unit}`),
        concurrency: concurrency ?? null,
      })),
      budgets: policy.budgets.map(({ id, limits }) => ({
        scope: id,
        limits: limits.map(({ limit, unit }) => `$${dollarsOf(limit)} a ${unit}`),
        alerts: [...new Set(limits.flatMap(({ alerts }) => alerts.map(({ percent }) => `${percent}%`)))],
      })),
      prices: { as_of: policy.prices.asOf, hash: policy.prices.hash },
      unpriced: { requests: policy.unpriced, models: unpricedModels(settings, policy) },
      media: [...policy.media],
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/admin/v1/policy/matrix',
    name: 'policy.matrix',
    summary: 'What each role may do',
    answer: Type.Object({ policy: Type.String(), matrix: Type.Array(Cell) }),
    action: 'policy.read',
    changes: false,
    act: ({ house: { policy } }) => ({
      policy: policy.hash,
      matrix: matrixOf(policy).map((cell) => ({ ...cell, by: [...cell.by] })),
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    summary: 'Counts for Prometheus',
    answer: 'text',
    action: 'metrics.read',
    changes: false,
    act(call) {
      call.textType = call.gate.metrics.registry.contentType;
      return call.gate.exposition();
    },
  }),
];
