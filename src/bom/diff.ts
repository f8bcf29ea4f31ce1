/** What a bill of materials says about itself that changes with every writing. */
const ALWAYS = /^(?:metadata\.(?:timestamp|tools)|serialNumber|version|\$schema)/;

export interface Change {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `file model.safetensors`, `parameters`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

interface Component {
  readonly 'bom-ref'?: string;
  readonly type?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** What has changed between two bills of materials in CycloneDX: files, datasets, libraries, vulnerabilities, and what is said of the model. */
export function diffBoms(before: unknown, after: unknown): Change[] {
  const [a, b] = [partsOf(before), partsOf(after)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort();
  return names.flatMap((what): Change[] => {
    const [one, other] = [a.get(what), b.get(what)];
    if (one === undefined) return [{ kind: 'added', what, after: other ?? '' }];
    if (other === undefined) return [{ kind: 'removed', what, before: one }];
    return one === other ? [] : [{ kind: 'changed', what, before: one, after: other }];
  });
}

/** Everything that is said, by a name for people. */
function partsOf(bom: unknown): Map<string, string> {
  const parts = new Map<string, string>();
  if (!isRecord(bom)) return parts;
  for (const one of list<Component>(bom.components)) {
    const digest = list<{ content?: unknown }>(one.hashes)[0]?.content;
    parts.set(`${one.type ?? ''} ${one.name ?? ''}`, String(digest ?? one.version ?? ''));
  }
  for (const one of list<{ id?: unknown; affects?: unknown }>(bom.vulnerabilities))
    parts.set(
      `vulnerability ${String(one.id)}`,
      list<{ ref?: unknown }>(one.affects)
        .map(({ ref }) => String(ref))
        .sort()
        .join(', '),
    );
  const model = isRecord(bom.metadata) ? bom.metadata.component : undefined;
  flatten(model, '', parts);
  return parts;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (path.split('.').length > 32 || ALWAYS.test(path)) return;
  if (Array.isArray(value)) {
    if (value.every((one) => isRecord(one) && typeof one.name === 'string' && typeof one.value === 'string'))
      for (const one of value as { name: string; value: string }[])
        into.set(`${path} ${one.name}`.trim(), one.value);
    else
      into.set(
        path,
        value
          .map((one) => (isRecord(one) ? JSON.stringify(one) : String(one)))
          .sort()
          .join(', '),
      );
  } else if (isRecord(value))
    for (const [name, one] of Object.entries(value))
      flatten(one, path === '' ? `model ${name}` : `${path}.${name}`, into);
  else if (path !== '') into.set(path, String(value));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = <T>(value: unknown): readonly T[] =>
  Array.isArray(value) ? (value.filter(isRecord) as T[]) : [];
