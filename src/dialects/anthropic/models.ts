import type { JsonObject } from '../../base/json.ts';
import { catalogue, readFrom } from '../catalogue.ts';
import type { ModelCard } from '../dialect.ts';
import { array, bool, ident, object, required, usually } from '../shape.ts';

const card = object({ id: required(ident), type: usually('model'), display_name: ident, created_at: ident });
const list = object({ data: required(array(card)), has_more: bool, first_id: ident, last_id: ident });

/** https://docs.anthropic.com/en/api/models-list. The list comes whole, so that `limit` need not be heeded. */
export const models = catalogue('anthropic', '/v1/models', ['beta', 'limit'], { list, card });

export const showModel = ({ id, created }: ModelCard): JsonObject => ({
  type: 'model',
  id,
  display_name: id,
  created_at: new Date(created * 1000).toISOString(),
});

export const listModels = (cards: readonly ModelCard[]): JsonObject => ({
  data: cards.map(showModel),
  has_more: false,
  first_id: cards[0]?.id ?? null,
  last_id: cards.at(-1)?.id ?? null,
});

export function readModels(body: JsonObject): ModelCard[] {
  readFrom(list, body);
  return (body.data as JsonObject[]).map(({ id, created_at }) => ({
    id: id as string,
    created: Math.trunc((Date.parse(String(created_at)) || 0) / 1000),
    ownedBy: 'anthropic',
  }));
}
