import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { openapi } from './openapi.ts';

/**
 * What can be asked of this gateway, said by itself. Whoever may read its settings may read this too: the package has the same
 * document for everybody, but a stranger need not hear from a running gateway which version of it they met.
 * @param all every endpoint of the API, this one too; asked for when somebody asks
 */
export function descriptionEndpoint(all: () => readonly Endpoint[]): Endpoint {
  let document: JsonObject | undefined;
  return endpoint({
    method: 'GET',
    path: '/admin/v1/openapi.json',
    name: 'api.describe',
    summary: 'This document',
    action: 'config.read',
    changes: false,
    answer: Type.Record(Type.String(), Type.Unknown()),
    act: () => (document ??= openapi(all())),
  });
}
