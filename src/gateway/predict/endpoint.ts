import { Refusal } from '../../base/refusal.ts';

/** What is asked by a path below `/v2`, of the Open Inference Protocol; `rows` is Gatehouse's own. */
export type Endpoint =
  | { readonly of: 'server'; readonly what: 'metadata' | 'live' | 'ready' }
  | {
      readonly of: 'model';
      readonly what: 'metadata' | 'ready' | 'infer' | 'rows';
      readonly model: string;
      readonly version: string | undefined;
    };

const SERVER: Readonly<Record<string, Endpoint>> = {
  '/v2': { of: 'server', what: 'metadata' },
  '/v2/health/live': { of: 'server', what: 'live' },
  '/v2/health/ready': { of: 'server', what: 'ready' },
};

const MODEL =
  /^\/v2\/models\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:\/versions\/([A-Za-z0-9._-]{1,32}))?(?:\/(ready|infer|rows))?$/;

/** Whether a path is meant for models that predict; then it is answered, and refused, in their protocol. */
export const isPredictPath = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/**
 * Finds the endpoint by the exact path; nothing is decoded. Throws `route_unknown` for all others: those of the model
 * repository extension too, by which clients would load and unload models. Throws `method_not_allowed`.
 */
export function endpointOf(method: string, path: string): Endpoint {
  const found = Object.hasOwn(SERVER, path) ? SERVER[path] : modelEndpoint(path);
  if (found === undefined) throw new Refusal('route_unknown');
  if (method !== (found.what === 'infer' || found.what === 'rows' ? 'POST' : 'GET'))
    throw new Refusal('method_not_allowed');
  return found;
}

function modelEndpoint(path: string): Endpoint | undefined {
  const [, model, version, what = 'metadata'] = MODEL.exec(path) ?? [];
  if (model === undefined) return undefined;
  return { of: 'model', what: what as 'metadata' | 'ready' | 'infer' | 'rows', model, version };
}
