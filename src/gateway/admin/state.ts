import type { JsonObject } from '../../base/json.ts';
import { dollarsOf } from '../../base/money.ts';
import { Problem } from '../../base/problem.ts';
import { Refusal } from '../../base/refusal.ts';
import { matrixOf } from '../../policy/matrix.ts';
import { roleNames } from '../../policy/role-names.ts';
import { unpricedModels } from '../unpriced.ts';
import type { Endpoint } from './endpoint.ts';
import { Fields } from './fields.ts';

/** What the gateway runs with, and what it has done. */
export const stateEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/admin/v1/config',
    name: 'config.show',
    action: 'config.read',
    changes: false,
    // Secrets are of a class whose JSON is `[secret]`.
    act: ({ house }) => JSON.parse(JSON.stringify({ ...house.settings, routes: undefined })) as JsonObject,
  },
  {
    method: 'POST',
    path: '/admin/v1/reload',
    name: 'config.reload',
    fresh: true,
    action: 'config.reload',
    changes: true,
    async act({ gate, body }) {
      new Fields(body, []);
      try {
        await gate.reload();
      } catch (cause) {
        if (!(cause instanceof Problem)) throw cause;
        // Problems name files, lines and keys of the configuration, and never a value of it.
        throw new Refusal('conflict', { hint: `Nothing was changed. ${cause.message}`, cause });
      }
      return { policy: gate.house.policy.hash };
    },
  },
  {
    method: 'GET',
    path: '/admin/v1/policy',
    name: 'policy.show',
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
  },
  {
    method: 'GET',
    path: '/admin/v1/policy/matrix',
    name: 'policy.matrix',
    action: 'policy.read',
    changes: false,
    act: ({ house: { policy } }) => ({
      policy: policy.hash,
      matrix: matrixOf(policy).map((cell) => ({ ...cell, by: [...cell.by] })),
    }),
  },
  {
    method: 'GET',
    path: '/metrics',
    name: 'metrics',
    action: 'metrics.read',
    changes: false,
    act(call) {
      call.textType = call.gate.metrics.registry.contentType;
      return call.gate.exposition();
    },
  },
];
