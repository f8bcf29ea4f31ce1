import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { type Endpoint, endpoint } from './endpoint.ts';

/**
 * What can be asked of this gateway, said by itself. Whoever may read its settings may read this too: the package has the same
 * document for everybody, but a stranger need not hear from a running gateway which version of it they met.
 * @param describe asked once, when somebody asks: this endpoint is in the document too
 */
export function descriptionEndpoint(describe: () => JsonObject): Endpoint {
  let document: JsonObject | undefined;
  return endpoint({
    method: 'GET',
    path: '/admin/v1/openapi.json',
    name: 'api.describe',
    summary: 'This document',
    action: 'config.read',
    changes: false,
    answer: Type.Record(Type.String(), Type.Unknown()),
    act() {
      document ??= describe();
      return document;
    },
  });
}
