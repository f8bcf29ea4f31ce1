import { Refusal } from '../../base/refusal.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { Model, Report } from './model-shown.ts';
import { fields, Sha256 } from './parameters.ts';
import { opened, takeStep } from './registry.ts';

const Body = fields({ root: Sha256, robustness: Report });

/**
 * What attacks on a version of a model came to, kept with it: said by whoever ran them, as a scan is. That they were on this
 * version is looked up: the file that was attacked is one of those that are sealed.
 */
export const robustnessEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/admin/v1/registry/:id/attacked',
    name: 'registry.attacked',
    summary: 'Keeps what attacks on a version of a model came to',
    action: 'registry.add',
    changes: true,
    body: Body,
    answer: Model,
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
