import { isObject, type Json, type JsonObject } from '../../base/json.ts';

/**
 * The API's own schemas (https://ai.google.dev/api/caching#Schema), a part of OpenAPI 3.0, as JSON Schema. The other way
 * is not needed: the API takes JSON Schema too (`parametersJsonSchema`).
 */
export function jsonSchema(schema: JsonObject): JsonObject {
  const { nullable, type, ...fields } = schema;
  const found: JsonObject = {};
  if (typeof type === 'string' && type !== 'TYPE_UNSPECIFIED') {
    const name = type.toLowerCase();
    found.type = nullable === true ? [name, 'null'] : name;
  } else if (type !== undefined && type !== 'TYPE_UNSPECIFIED') found.type = type;
  for (const [name, value] of Object.entries(fields)) {
    const convert = KEYWORDS.get(camel(name));
    if (convert !== undefined) Object.assign(found, convert(value, camel(name)));
    else found[camel(name)] = value;
  }
  return found;
}

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

type Convert = (value: Json, name: string) => JsonObject;

const one = (value: Json): Json => (isObject(value) ? jsonSchema(value) : value);
const nested: Convert = (value, name) => ({ [name]: Array.isArray(value) ? value.map(one) : one(value) });
const named: Convert = (value, name) => ({
  [name]: isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([property, schema]) => [property, one(schema)]))
    : value,
});
/** Protocol buffers write 64-bit numbers as text. */
const number: Convert = (value, name) => ({ [name]: typeof value === 'string' ? Number(value) : value });

const KEYWORDS = new Map<string, Convert>([
  ['items', nested],
  ['anyOf', nested],
  ['properties', named],
  ['minItems', number],
  ['maxItems', number],
  ['minLength', number],
  ['maxLength', number],
  ['minProperties', number],
  ['maxProperties', number],
  ['example', (value) => ({ examples: [value] })],
  // Only the order in which the model would write them.
  ['propertyOrdering', () => ({})],
]);
