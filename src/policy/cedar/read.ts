import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { Flawed, type PlacedFlaw } from '../../base/flawed.ts';
import type { Engine } from './engine.ts';
import { actionsOf, type DocumentRule, mentionsOf } from './rule.ts';
import { CEDAR_SCHEMA } from './schema.ts';

/** A Cedar document: the name that errors call it by, and its text. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Bounds on the work of one decision. */
const MAX_POLICIES = 1000;
const MAX_BYTES = 1024 * 1024;
const MAX_SHOWN = 100;

/** What `@id` may be: it stands in ledger entries beside `roles.app.allow[0]`, `default` and `open`. */
const ID = /^(?!roles\.|default$|open$)[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/** Offset in bytes, as Cedar counts. */
interface Flaw {
  readonly offset: number;
  readonly message: string;
}

/**
 * Reads Cedar documents and checks them against the schema. Throws `Problem('usage')` that lists what is wrong with line
 * and column: text that does not parse, and, where it does, names that there are not, types that do not fit, policies
 * that could never hold, templates, and ids that are there twice.
 */
export function readDocuments(engine: Engine, sources: readonly Source[]): DocumentRule[] {
  const wrong: PlacedFlaw[] = [];
  const rules: DocumentRule[] = [];
  for (const source of sources) {
    const flaws = flawsOf(engine, source);
    if (flaws.length === 0) flaws.push(...readRules(engine, source, rules));
    wrong.push(...flaws.map(({ offset, message }) => ({ ...placeIn(source, offset), message })));
  }
  if (rules.length > MAX_POLICIES) {
    const [{ name: file } = { name: '' }] = sources;
    wrong.push({ file, line: 1, column: 1, message: `there are more than ${MAX_POLICIES} policies` });
  }
  if (wrong.length === 0) return rules;
  const count = wrong.length === 1 ? 'an error' : `${wrong.length} errors`;
  const files = sources.map(({ name }) => name).join(', ');
  const shown = wrong.slice(0, MAX_SHOWN);
  const lines = shown.map(({ file, line, column, message }) => `  ${file}:${line}:${column}  ${message}`);
  throw new Flawed([`${files} has ${count}:`, ...lines].join('\n'), shown);
}

function flawsOf(engine: Engine, { text }: Source): Flaw[] {
  if (Buffer.byteLength(text) > MAX_BYTES) return [{ offset: 0, message: `is over ${MAX_BYTES} bytes long` }];
  // The engine's texts are UTF-8.
  if (!text.isWellFormed()) return [{ offset: 0, message: 'is not well-formed text' }];
  const policies = { staticPolicies: text };
  const parsed = engine.checkParsePolicySet(policies);
  if (parsed.type === 'failure') return parsed.errors.map(flawOf);
  const checked = engine.validate({ schema: CEDAR_SCHEMA, policies });
  if (checked.type === 'failure') return checked.errors.map(flawOf);
  // A policy that can never hold is a mistake that nobody would see; one error of each policy says enough.
  const first = new Map<string, DetailedError>();
  for (const { policyId, error } of [...checked.validationErrors, ...checked.validationWarnings]) {
    if (!first.has(policyId)) first.set(policyId, error);
  }
  return [...first.values(), ...checked.otherWarnings].map(flawOf);
}

function flawOf(error: DetailedError): Flaw {
  const { message, help, sourceLocations = [] } = error;
  const said = message.replace(/^for policy `[^`]*`, |^failed to parse [a-z ]*from string: /, '');
  return {
    offset: sourceLocations[0]?.start ?? 0,
    message: help === null ? said : `${said} (${help})`,
  };
}

/** Line and column of a byte, from 1; columns in UTF-16 code units, as editors count. */
function placeIn({ name, text }: Source, offset: number): Omit<PlacedFlaw, 'message'> {
  const before = Buffer.from(text).subarray(0, offset).toString().split('\n');
  return { file: name, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Adds the rules of a document that is fine by itself. Returns what is wrong with them all the same. */
function readRules(engine: Engine, source: Source, rules: DocumentRule[]): Flaw[] {
  const { name, text } = source;
  const parts = engine.policySetTextToParts(text);
  if (parts.type === 'failure') return parts.errors.map(flawOf);
  const flaws: Flaw[] = [];
  let from = 0;
  for (const part of inOrder(parts.policies)) {
    const at = text.indexOf(part, from);
    from = at + part.length;
    const read = engine.policyToJson(part);
    if (read.type === 'failure') {
      flaws.push(...read.errors.map(flawOf));
      continue;
    }
    const given = read.json.annotations?.id;
    const id = given ?? `${name}:${text.slice(0, at).split('\n').length}`;
    const offset = Buffer.byteLength(text.slice(0, at));
    if (given !== undefined && !ID.test(given))
      flaws.push({ offset, message: 'its @id must be a name such as office-hours' });
    if (rules.some((rule) => rule.id === id))
      flaws.push({ offset, message: `there is a policy “${id}” already` });
    rules.push(ruleOf(id, part, read.json));
  }
  return flaws;
}

/** The engine numbers policies in the order of the text, and then sorts them as text: `policy10` before `policy2`. */
function inOrder(parts: readonly string[]): string[] {
  const numbers = parts.map((_, index) => String(index)).sort();
  const ordered = new Array<string>(parts.length);
  for (const [place, number] of numbers.entries()) ordered[Number(number)] = parts[place] as string;
  return ordered;
}

function ruleOf(id: string, text: string, json: PolicyJson): DocumentRule {
  const { actions, named } = actionsOf(json);
  return {
    id,
    effect: json.effect,
    text,
    json,
    actions,
    namesActions: named,
    mentions: mentionsOf([json]),
  };
}
