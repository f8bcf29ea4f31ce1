import Type from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { fields, words } from './parameters.ts';
import { opened, takeStep } from './registry.ts';

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in hex' });
const Share = fields({
  share: Type.Number({ minimum: 0, maximum: 1 }),
  low: Type.Number({ minimum: 0, maximum: 1 }),
  high: Type.Number({ minimum: 0, maximum: 1 }),
});
const Epsilon = Type.Number({ minimum: 0, description: 'The budget, in units of the report.' });
const line = (most: number) => Type.String({ pattern: `^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,${most}}$` });

const Report = fields({
  report: Digest,
  model: Digest,
  tool: line(40),
  verdict: words(['done', 'below', 'undecided']),
  norm: words(['Linf', 'L2', 'L1', 'L0']),
  data: Digest,
  rows: Type.Integer({ minimum: 0, maximum: 1e9 }),
  clean: Share,
  runs: Type.Array(
    fields({
      attack: line(60),
      epsilon: Epsilon,
      robust: Share,
      queries: Type.Number({ minimum: 0, description: 'Questions a row, the median.' }),
    }),
    { maxItems: 200 },
  ),
  worst: Type.Array(fields({ epsilon: Epsilon, robust: Share }), { maxItems: 50 }),
  warnings: Type.Array(line(1000), { maxItems: 50 }),
});
const Body = fields({ root: Digest, robustness: Report });

/**
 * What attacks on a version of a model came to, kept with it: said by whoever ran them, as a scan is. That they were on this
 * version is looked up: the file that was attacked is one of those that are sealed.
 */
export const robustnessEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/admin/v1/registry/:id/attacked',
    name: 'registry.attacked',
    summary: 'Keep what a report of "gatehouse attack" says with a version of a model.',
    action: 'registry.add',
    changes: true,
    body: Body,
    answer: Type.Object({ robustness: Type.Array(Type.Object({ report: Digest, time: Type.String() })) }),
    async act(call) {
      const { root, robustness } = call.body;
      const { digests } = await opened(call, root);
      if (!digests.has(robustness.model))
        throw new Refusal('conflict', {
          field: '/robustness/model',
          hint: 'The file that was attacked is none of this version.',
        });
      return takeStep(call, 'registry.add', { act: 'attack', root, by: call.caller.name, robustness });
    },
  }),
];
