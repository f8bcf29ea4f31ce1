import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { type Flaw, flaws, type Path } from '../../base/schema.ts';
import { didYouMean } from '../../base/suggest.ts';

/** What has no fields, or no parameters. */
const NOTHING = Type.Object({}, { additionalProperties: false });

/**
 * A body that fits its schema. A field that is null is as if it were not there.
 * @throws Refusal `request_invalid` with the field that is meant; never with what it holds
 */
export function checkBody<B extends TObject>(schema: B | undefined, given: JsonObject): Static<B> {
  const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const flaw = worst(flaws(schema ?? NOTHING, body));
  if (flaw === undefined) return body as Static<B>;
  const field = pointer(namesIn(schema ?? NOTHING), flaw);
  throw new Refusal('request_invalid', {
    ...(field !== '' && { field }),
    hint: flaw.at === 'key' ? unknown('field', flaw) : `It ${flaw.message.replace(/\.?$/, '.')}`,
  });
}

/**
 * Parameters that fit their schema, each read as what the schema says it is. Each at most once, so that nobody can read
 * another one than we do.
 * @throws Refusal `query_refused` with the parameter that is meant; never with what it holds
 */
export function checkParameters<Q extends TObject>(schema: Q | undefined, given: URLSearchParams): Static<Q> {
  const properties: TProperties = (schema ?? NOTHING).properties;
  const names = [...given.keys()];
  if (new Set(names).size !== names.length)
    throw new Refusal('query_refused', { hint: 'A parameter is there twice.' });
  const query = Object.fromEntries(
    [...given].map(([name, text]) => [
      name,
      readAs(Object.hasOwn(properties, name) ? properties[name] : undefined, text),
    ]),
  );
  const flaw = worst(flaws(schema ?? NOTHING, query));
  if (flaw === undefined) return query as Static<Q>;
  const [name] = flaw.path;
  const hint =
    flaw.at === 'key'
      ? unknown('parameter', flaw)
      : `${name === undefined ? 'It' : `“${name}”`} ${flaw.message.replace(/\.?$/, '.')}`;
  throw new Refusal('query_refused', { hint });
}

/** Numbers and truth come as text; what is neither is left, and refused. */
function readAs(schema: unknown, text: string): Json {
  const { anyOf, type } = isObject(schema) ? schema : {};
  const kinds = Array.isArray(anyOf) ? anyOf.map((one) => isObject(one) && one.type) : [type];
  if (kinds.includes('integer') && /^\d{1,16}$/.test(text)) return Number(text);
  if (kinds.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** A name that is not known explains more than what is wrong besides. */
const worst = (found: readonly Flaw[]): Flaw | undefined => found.find(({ at }) => at === 'key') ?? found[0];

function unknown(what: string, { path, known = [] }: Flaw): string {
  const names = known.length === 0 ? '' : ` Known: ${known.join(', ')}.`;
  return `There is a ${what} that is not known.${didYouMean(String(path.at(-1)), known)}${names}`;
}

/** A JSON Pointer to what is meant, as far as its names are ours: others were written by whoever asks. */
function pointer(ours: ReadonlySet<string>, { path, missing }: Flaw): string {
  const whole: Path = missing === undefined ? path : [...path, missing];
  const foreign = whole.findIndex((part) => typeof part === 'string' && !ours.has(part));
  return whole
    .slice(0, foreign === -1 ? whole.length : foreign)
    .map((part) => `/${part}`)
    .join('');
}

/** All names of members that a schema has. */
function namesIn(schema: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(schema)) for (const one of schema) namesIn(one, names);
  else if (isObject(schema)) {
    if (isObject(schema.properties)) for (const name of Object.keys(schema.properties)) names.add(name);
    for (const inner of Object.values(schema)) namesIn(inner, names);
  }
  return names;
}
