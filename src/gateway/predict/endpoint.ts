import { Refusal } from '../../base/refusal.ts';

/** What is asked by a path below `/v2`, of the Open Inference Protocol; `rows` and `outcomes` are Gatehouse's own. */
export type Endpoint =
  | { readonly of: 'server'; readonly what: 'metadata' | 'live' | 'ready' }
  | {
      readonly of: 'model';
      readonly what: 'metadata' | 'ready' | 'infer' | 'rows' | 'outcomes';
      readonly model: string;
      readonly version: string | undefined;
    };

const SERVER: Readonly<Record<string, Endpoint>> = {
  '/v2': { of: 'server', what: 'metadata' },
  '/v2/health/live': { of: 'server', what: 'live' },
  '/v2/health/ready': { of: 'server', what: 'ready' },
};

const POSTS: ReadonlySet<string> = new Set(['infer', 'rows', 'outcomes']);

const MODEL =
  /^\/v2\/models\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:\/versions\/([A-Za-z0-9._-]{1,32}))?(?:\/(ready|infer|rows|outcomes))?$/;

/** Whether a path is meant for models that predict; then it is answered, and refused, in their protocol. */
export const isPredictPath = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/**
 * Finds the endpoint by the exact path; nothing is decoded. Throws `route_unknown` for all others: those of the model
 * repository extension too, by which clients would load and unload models. Throws `method_not_allowed`.
 */
export function endpointOf(method: string, path: string): Endpoint {
  const found = Object.hasOwn(SERVER, path) ? SERVER[path] : modelEndpoint(path);
  if (found === undefined) throw new Refusal('route_unknown');
  if (method !== (POSTS.has(found.what) ? 'POST' : 'GET')) throw new Refusal('method_not_allowed');
  return found;
}

function modelEndpoint(path: string): Endpoint | undefined {
  const [, model, version, what = 'metadata'] = MODEL.exec(path) ?? [];
  if (model === undefined) return undefined;
  // Labels are of a request, whichever version answered it.
  if (what === 'outcomes' && version !== undefined) return undefined;
  return { of: 'model', what: what as Extract<Endpoint, { of: 'model' }>['what'], model, version };
}
