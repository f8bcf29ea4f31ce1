import type { JsonObject } from '../../base/json.ts';
import { catalogue, readFrom } from '../catalogue.ts';
import type { ModelCard } from '../dialect.ts';
import { array, ident, number, object, required, usually } from '../shape.ts';

const card = object({ id: required(ident), object: usually('model'), created: number, owned_by: ident });
const list = object({ object: usually('list'), data: required(array(card)) });

/** https://platform.openai.com/docs/api-reference/models */
export const models = catalogue('openai', '/models', [], { list, card });

export const showModel = ({ id, created, ownedBy }: ModelCard): JsonObject => ({
  id,
  object: 'model',
  created,
  owned_by: ownedBy,
});

export const listModels = (cards: readonly ModelCard[]): JsonObject => ({
  object: 'list',
  data: cards.map(showModel),
});

export function readModels(body: JsonObject): ModelCard[] {
  readFrom(list, body);
  return (body.data as JsonObject[]).map(({ id, created, owned_by }) => ({
    id: id as string,
    created: typeof created === 'number' ? created : 0,
    ownedBy: typeof owned_by === 'string' ? owned_by : '',
  }));
}
