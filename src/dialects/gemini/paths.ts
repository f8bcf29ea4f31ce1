import type { Operation } from '../dialect.ts';

/**
 * Where a method of a model is called. Clients name one of the two versions, Google's own of this year `v1` where
 * those before it said `v1beta`; which one an upstream is asked by stands in its `url`.
 */
export const pathsOf = (method: string): Required<Pick<Operation, 'path' | 'also' | 'upstreamPath'>> => ({
  path: `/v1beta/models/:id:${method}`,
  also: [`/v1/models/:id:${method}`],
  upstreamPath: `/models/{model}:${method}`,
});
