import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import type { Json } from './json.ts';
import { isObject } from './json.ts';
import { didYouMean } from './suggest.ts';

/** A place in a document: member names and indexes from the root. */
export type Path = readonly (string | number)[];

/** One thing wrong with a value. `at` says whether the member's name or its value is meant. */
export interface Flaw {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** Ends a sentence that starts with the path: `must be …`. */
  readonly message: string;
  /** The names that are known there, where one that is not is meant. */
  readonly known?: readonly string[];
  /** The member that is not there and must be. */
  readonly missing?: string;
}

/** The parts of JSON Schema that this file walks itself; everything else is left to TypeBox. */
interface Shape {
  readonly description?: string;
  readonly anyOf?: readonly Shape[];
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: boolean | Shape;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Everything that is wrong with a value, in words for people. TypeBox decides; this finds the words: all members are
 * visited (TypeBox stops at eight errors), an unknown name gets the nearest known one, and of a choice only the
 * branch that was meant is explained. Never repeats a value, which may be a secret.
 */
export function flaws(schema: TSchema, value: Json): Flaw[] {
  if (Check(schema, value)) return [];
  const found = explain(schema as Shape, value, []);
  return found.length > 0 ? found : [{ path: [], at: 'value', message: 'does not fit its schema' }];
}

const fits = (shape: Shape, value: Json): boolean => Check(shape as TSchema, value);

function explain(shape: Shape, value: Json, path: Path): Flaw[] {
  if (fits(shape, value)) return [];
  if (shape.enum !== undefined) return [notOneOf(shape.enum, value, path)];
  if (shape.anyOf !== undefined) return explainChoice(shape.anyOf, value, path, shape.description);
  const inside: Flaw[] = [];
  if (shape.type === 'object' && isObject(value)) inside.push(...explainObject(shape, value, path));
  if (shape.type === 'array' && Array.isArray(value) && shape.items !== undefined) {
    const items = shape.items;
    inside.push(...value.flatMap((item, index) => explain(items, item, [...path, index])));
  }
  if (inside.length > 0) return inside;
  return [{ path, at: 'value', message: words(shape, value) }];
}

function explainObject(shape: Shape, value: { [key: string]: Json }, path: Path): Flaw[] {
  const known = shape.properties ?? {};
  const patterns = Object.entries(shape.patternProperties ?? {});
  const rest = shape.additionalProperties;
  const found: Flaw[] = [];
  for (const [key, member] of Object.entries(value)) {
    const inner = Object.hasOwn(known, key)
      ? known[key]
      : (patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1] ??
        (typeof rest === 'object' ? rest : undefined));
    if (inner !== undefined) found.push(...explain(inner, member, [...path, key]));
    else if (rest === false) {
      const names = Object.keys(known);
      found.push({ path: [...path, key], at: 'key', message: unknown(key, names, shape), known: names });
    }
  }
  for (const key of shape.required ?? []) {
    if (!Object.hasOwn(value, key))
      found.push({ path, at: 'value', message: `must have “${key}”`, missing: key });
  }
  return found;
}

function unknown(key: string, names: readonly string[], shape: Shape): string {
  if (names.length > 0) return `is not a known setting.${didYouMean(key, names)}`;
  return `is not a name that can be used here${shape.description === undefined ? '' : ` (${shape.description})`}`;
}

/** Of several shapes, the one whose kind of value and whose constants are there is the one that was meant. */
function explainChoice(shapes: readonly Shape[], value: Json, path: Path, about: string | undefined): Flaw[] {
  const meant = shapes.filter((shape) => shape.const === undefined && sameKind(shape, value));
  if (meant.length === 1 && meant[0] !== undefined) return explain(meant[0], value, path);
  const constants = shapes.flatMap((shape) => shape.const ?? []);
  if (constants.length === shapes.length) return [notOneOf(constants, value, path)];
  const [tag, tags] = discriminator(shapes);
  if (tag !== undefined && isObject(value)) {
    if (!Object.hasOwn(value, tag)) return [{ path, at: 'value', message: `must have “${tag}”` }];
    return [notOneOf(tags, value[tag], [...path, tag])];
  }
  return [{ path, at: 'value', message: about === undefined ? 'does not fit' : `does not fit. ${about}` }];
}

/** The member whose constant tells the shapes apart, and its constants; nothing where there is none. */
function discriminator(shapes: readonly Shape[]): [string | undefined, Json[]] {
  for (const tag of Object.keys(shapes[0]?.properties ?? {})) {
    const tags = shapes.flatMap((shape) => shape.properties?.[tag]?.const ?? []);
    if (tags.length === shapes.length) return [tag, tags];
  }
  return [undefined, []];
}

function notOneOf(allowed: readonly Json[], value: Json | undefined, path: Path): Flaw {
  const words = allowed.map(String);
  const hint = typeof value === 'string' ? didYouMean(value, words) : '';
  return { path, at: 'value', message: `must be one of ${words.join(', ')}.${hint}` };
}

function sameKind(shape: Shape, value: Json): boolean {
  if (shape.type === 'object') {
    if (!isObject(value)) return false;
    const constants = Object.entries(shape.properties ?? {}).filter(([, inner]) => inner.const !== undefined);
    return constants.every(([key, inner]) => inner.const === value[key]);
  }
  if (shape.type === 'array') return Array.isArray(value);
  if (shape.type === 'integer') return typeof value === 'number';
  if (shape.enum !== undefined) return typeof value === typeof shape.enum[0];
  return shape.type === typeof value;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function words(shape: Shape, value: Json): string {
  if (shape.const !== undefined) return `must be ${JSON.stringify(shape.const)}`;
  const [error] = Errors(shape as TSchema, value);
  const kind = KINDS[shape.type ?? ''];
  const { minimum, maximum } = shape;
  if (shape.type === 'integer' && minimum !== undefined && maximum !== undefined)
    return `must be a whole number from ${minimum} to ${maximum}`;
  if (error?.keyword === 'type' && kind !== undefined) return `must be ${kind}`;
  const formal = error?.keyword === 'pattern' || error?.keyword === '~refine';
  if (formal && shape.description !== undefined) return `must be: ${shape.description}`;
  return error?.message ?? 'does not fit';
}
