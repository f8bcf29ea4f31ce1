/** What a bill of materials says about itself that changes with every writing. */
const ALWAYS = /^(?:metadata\.(?:timestamp|tools)|serialNumber|version|\$schema)/;
/** Properties of a component that its value says already. */
const SAID = /^gatehouse:(?:size|required(?:-by)?)$/;
const DEEPEST = 32;

export interface Change {
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed';
  /** `file model.safetensors`, `library pypi torch`, `model properties gatehouse:parameters`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

/** Something in a bill: what it is, in one text, and what is said of it besides. */
interface Said {
  readonly value: string;
  readonly more: ReadonlyMap<string, string>;
  /** SHA-256 of a file. */
  readonly digest?: string | undefined;
}

/**
 * What has changed between two bills of materials in CycloneDX: files, datasets, libraries, vulnerabilities, and what is
 * said of the model. A file of the same bytes under another name was renamed.
 */
export function diffBoms(before: unknown, after: unknown): Change[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  const renamed = renames(a, b, names);
  const gone = new Set(renamed.values());
  return names.flatMap((what): Change[] => {
    const [one, other] = [a.get(what), b.get(what)];
    const old = renamed.get(what);
    if (old !== undefined) return [{ kind: 'renamed', what, before: old, after: what }];
    if (one === undefined) return [{ kind: 'added', what, after: other?.value ?? '' }];
    if (other === undefined) return gone.has(what) ? [] : [{ kind: 'removed', what, before: one.value }];
    return [...changed(what, one.value, other.value), ...detailsChanged(what, one.more, other.more)];
  });
}

const changed = (what: string, before: string, after: string): Change[] =>
  before === after ? [] : [{ kind: 'changed', what, before, after }];

const detailsChanged = (what: string, before: Said['more'], after: Said['more']): Change[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((name) => changed(`${what}, ${name}`, before.get(name) ?? '', after.get(name) ?? ''));

/** Old names by new ones. Of several files of the same bytes each is met once. */
function renames(
  a: ReadonlyMap<string, Said>,
  b: ReadonlyMap<string, Said>,
  names: readonly string[],
): Map<string, string> {
  const gone = Map.groupBy(
    names.filter((name) => !b.has(name) && a.get(name)?.digest !== undefined),
    (name) => a.get(name)?.digest,
  );
  const found = new Map<string, string>();
  for (const name of names) {
    const digest = a.has(name) ? undefined : b.get(name)?.digest;
    const old = digest === undefined ? undefined : gone.get(digest)?.shift();
    if (old !== undefined) found.set(name, old);
  }
  return found;
}

/** Everything that is said, by a name for people. */
function partsOf(bom: unknown): Map<string, Said> {
  const parts = new Map<string, Said>();
  if (!isRecord(bom)) return parts;
  for (const [name, group] of Map.groupBy(componentsIn(bom.components, 0), nameOf))
    parts.set(name, saidOf(group));
  for (const one of list(bom.vulnerabilities)) {
    const affects = list(one.affects).map(({ ref }) => String(ref));
    parts.set(`vulnerability ${String(one.id)}`, plain(affects.sort().join(', ')));
  }
  const texts = new Map<string, string>();
  flatten(isRecord(bom.metadata) ? bom.metadata.component : undefined, '', texts);
  for (const [name, text] of texts) parts.set(name, plain(text));
  return parts;
}

const plain = (value: string): Said => ({ value, more: new Map() });

function componentsIn(value: unknown, depth: number): Record<string, unknown>[] {
  if (depth > DEEPEST) return [];
  return list(value).flatMap((one) => [one, ...componentsIn(one.components, depth + 1)]);
}

/** Packages of two indexes may have one name. */
function nameOf({ type, name, purl }: Record<string, unknown>): string {
  const index = /^pkg:([a-z0-9.+-]{1,40})\//.exec(typeof purl === 'string' ? purl : '')?.[1];
  return [textOf(type), type === 'library' ? index : undefined, textOf(name)].filter(Boolean).join(' ');
}

/** All that go by one name: a package that is asked for in several ways, for example. */
function saidOf(group: readonly Record<string, unknown>[]): Said {
  const more = new Map<string, string>();
  for (const one of group)
    for (const [name, value] of properties(one.properties)) if (!SAID.test(name)) more.set(name, value);
  const digest = group.map(digestOf).find((one) => one !== undefined);
  return { value: [...new Set(group.map(textFor))].sort().join(', '), more, digest };
}

const digestOf = ({ type, hashes }: Record<string, unknown>): string | undefined => {
  const found = list(hashes).find(({ alg }) => alg === 'SHA-256')?.content;
  return type === 'file' && typeof found === 'string' ? found : undefined;
};

function textFor(one: Record<string, unknown>): string {
  const asked = properties(one.properties).get('gatehouse:required');
  return digestOf(one) ?? (textOf(list(one.hashes)[0]?.content) || textOf(one.version) || (asked ?? ''));
}

/** Values by name; several of one name together. */
function properties(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, value: text } of list(value)) {
    if (typeof name !== 'string' || typeof text !== 'string') continue;
    const known = found.get(name);
    found.set(name, known === undefined ? text : `${known}, ${text}`);
  }
  return found;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (path.split('.').length > DEEPEST || ALWAYS.test(path)) return;
  if (Array.isArray(value)) {
    if (value.every((one) => isRecord(one) && typeof one.name === 'string' && typeof one.value === 'string'))
      for (const [name, text] of properties(value)) into.set(`${path} ${name}`.trim(), text);
    else into.set(path, value.map(itemOf).sort().join(', '));
  } else if (isRecord(value))
    for (const [name, one] of Object.entries(value))
      flatten(one, path === '' ? `model ${name}` : `${path}.${name}`, into);
  else if (path !== '') into.set(path, String(value));
}

/** A licence by its name, anything else as it is written. */
function itemOf(one: unknown): string {
  if (!isRecord(one)) return String(one);
  const licence = isRecord(one.license) ? (one.license.id ?? one.license.name) : one.expression;
  return typeof licence === 'string' ? licence : JSON.stringify(one);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
