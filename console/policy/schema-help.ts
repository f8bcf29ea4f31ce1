/** What of JSON Schema tells an editor what may stand where. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

/** Where in a document the end of a text is. */
export interface Spot {
  /** Keys on the way; -1 for an item of a list. */
  readonly path: readonly (string | -1)[];
  /** A key is being written, or a value. */
  readonly writes: 'key' | 'value';
  /** What is there of it. */
  readonly begun: string;
  /** Other keys of the same mapping that were seen before, with what stands behind them. */
  readonly beside: Readonly<Record<string, string>>;
}

export interface Help {
  readonly label: string;
  readonly about: string | undefined;
}

interface Level {
  readonly indent: number;
  readonly step: string | -1;
  readonly beside: Record<string, string>;
}

const KEY = /^("[^"]*"|'[^']*'|[\w.*-]+)\s*:(?=\s|$)\s*/;
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');

/**
 * Where the end of a text is, by indentation, and in its last line by brackets: enough to help whoever writes, of a text that is
 * not YAML yet.
 */
export function spotAtEnd(text: string): Spot {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const levels: Level[] = [{ indent: -1, step: '', beside: {} }];
  for (const line of lines) if (!/^\s*(?:#|$)/.test(line)) enter(levels, line);
  const rest = enter(levels, last);
  const path = levels.slice(1).map(({ step }) => step);
  if (rest.key) return inFlow(path, rest.text, {});
  const beside = levels.at(-1)?.beside ?? {};
  return /^[[{]/.test(rest.text)
    ? inFlow(path, rest.text, {})
    : { path, writes: 'key', begun: rest.text, beside };
}

/** Takes a line in. @returns what stands behind its dashes and its key */
function enter(levels: Level[], line: string): { readonly key: boolean; readonly text: string } {
  let indent = line.length - line.trimStart().length;
  let rest = line.slice(indent);
  const dashed = /^-(?:\s|$)/.test(rest);
  // A list may stand as far to the left as the key that it belongs to.
  const isOver = ({ indent: other, step }: Level) =>
    other > indent ||
    (other === indent && !(dashed && step !== -1)) ||
    (dashed && other === indent && step === -1);
  while (levels.length > 1 && isOver(levels.at(-1) as Level)) levels.pop();
  while (/^-(?:\s|$)/.test(rest)) {
    levels.push({ indent, step: -1, beside: {} });
    const skipped = /^-\s*/.exec(rest)?.[0].length ?? 1;
    indent += Math.max(2, skipped);
    rest = rest.slice(skipped);
  }
  const found = KEY.exec(rest);
  if (found === null) return { key: false, text: rest };
  const [whole, name = ''] = found;
  const value = rest.slice(whole.length);
  const parent = levels.at(-1);
  if (parent !== undefined) parent.beside[unquoted(name)] = value.trim();
  levels.push({ indent, step: unquoted(name), beside: {} });
  return { key: true, text: value };
}

/** Within `{ a: [b, c] }`. */
function inFlow(path: readonly (string | -1)[], text: string, beside: Record<string, string>): Spot {
  const open: { readonly map: boolean; key: string | undefined; readonly beside: Record<string, string> }[] =
    [];
  let begun = '';
  for (const char of text) {
    const here = open.at(-1);
    if (char === '{' || char === '[') {
      open.push({ map: char === '{', key: undefined, beside: {} });
      begun = '';
    } else if (char === '}' || char === ']') {
      open.pop();
      begun = '';
    } else if (char === ',' && here !== undefined) {
      if (here.key !== undefined) here.beside[here.key] = begun.trim();
      here.key = undefined;
      begun = '';
    } else if (char === ':' && here?.map === true && here.key === undefined) {
      here.key = unquoted(begun.trim());
      begun = '';
    } else begun += char;
  }
  const steps = open.flatMap(({ map, key }): (string | -1)[] =>
    map ? (key === undefined ? [] : [key]) : [-1],
  );
  const inner = open.at(-1);
  const writes = inner?.map === true && inner.key === undefined ? 'key' : 'value';
  return { path: [...path, ...steps], writes, begun: begun.trimStart(), beside: inner?.beside ?? beside };
}

/** The schemas that may hold at a place; of a choice, those that fit the constants beside it. */
function schemasAt(schema: Schema, path: readonly (string | -1)[]): Schema[] {
  let found = [schema];
  for (const step of path)
    found = found.flatMap(choices).flatMap((one) => {
      if (step === -1) return one.items ?? [];
      const named = one.properties?.[step];
      if (named !== undefined) return [named];
      const pattern = Object.values(one.patternProperties ?? {});
      return typeof one.additionalProperties === 'object' ? [...pattern, one.additionalProperties] : pattern;
    });
  return found.flatMap(choices);
}

const choices = (schema: Schema): Schema[] => [schema, ...(schema.anyOf ?? []).flatMap(choices)];

const fitsBeside = ({ properties = {} }: Schema, beside: Spot['beside']): boolean =>
  Object.entries(beside).every(([key, value]) => {
    const constant = properties[key]?.const;
    return constant === undefined || String(constant) === unquoted(value);
  });

/** What can stand at a place. */
export function helpAt(schema: Schema, { path, writes, beside }: Spot): Help[] {
  const schemas = schemasAt(schema, path);
  const found = new Map<string, Help>();
  const add = (label: string, about: string | undefined) => {
    if (!found.has(label)) found.set(label, { label, about });
  };
  for (const one of schemas) {
    if (writes === 'key') {
      if (!fitsBeside(one, beside)) continue;
      for (const [name, { description }] of Object.entries(one.properties ?? {}))
        if (!Object.hasOwn(beside, name)) add(name, description);
      continue;
    }
    if (one.const !== undefined) add(String(one.const), one.description);
    for (const word of one.enum ?? []) add(String(word), one.description);
    if (one.type === 'boolean') for (const word of ['true', 'false']) add(word, one.description);
  }
  return [...found.values()];
}

/** What is said of the key at the end of a path. */
export const aboutKey = (schema: Schema, path: readonly (string | -1)[]): string | undefined =>
  schemasAt(schema, path).find(({ description }) => description !== undefined)?.description;
