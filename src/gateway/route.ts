import { Refusal } from '../base/refusal.ts';
import type { Dialect, Operation } from '../dialects/dialect.ts';
import { findModel } from '../settings/routes.ts';
import type { UpstreamRequest } from './forward.ts';
import type { Passage } from './passage.ts';
import type { Upstream } from './upstream.ts';

export interface Target {
  readonly upstream: Upstream;
  /** The model's name there. */
  readonly as: string;
}

/** The one upstream that serves the model. It must speak the caller's dialect: the other is told where to go. */
export function route({ house, record }: Passage, dialect: Dialect, model: string): Target {
  const found = findModel(house.settings, model);
  const upstream = found && house.upstreams.get(found.upstream.name);
  if (found === undefined || upstream === undefined) throw new Refusal('model_unknown');
  if (upstream.dialect !== dialect) {
    const hint = `This model is served in the ${upstream.dialect.name} dialect; ask for it there.`;
    throw new Refusal('unsupported', { field: '/model', hint });
  }
  record.note({ upstream: upstream.name, ...(found.as !== model && { as: found.as }) });
  return { upstream, as: found.as };
}

/** Where the request goes, and with which headers. */
export const address = (
  operation: Operation,
  { upstream, as }: Target,
  headers: Record<string, string>,
): UpstreamRequest => ({
  path: upstream.pathOf(operation, as),
  headers: { ...upstream.headers, ...headers },
});
