/**
 * What is known of a request's sensitivity and the like, as words under names: set by guards that found something, by
 * tags of the caller, by rules of the policy. A name may have several values; a target must take all of them.
 */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** Values of labels that are taken, by name; `*` takes any. */
export type Accepts = Readonly<Record<string, readonly string[]>>;

/** Adds a value under a name. */
export function addLabel(labels: Map<string, Set<string>>, name: string, value: string): void {
  const values = labels.get(name);
  if (values === undefined) labels.set(name, new Set([value]));
  else values.add(value);
}

/** Whether every label is taken. What `accepts` does not name is not. */
export function takes(accepts: Accepts, labels: Labels): boolean {
  for (const [name, values] of labels) {
    const taken = Object.hasOwn(accepts, name) ? accepts[name] : undefined;
    if (taken === undefined) return false;
    if (taken.includes('*')) continue;
    for (const value of values) if (!taken.includes(value)) return false;
  }
  return true;
}

/** Sorted by name and value: the same for the same labels. */
export const labelsAsJson = (labels: Labels): Record<string, string[]> =>
  Object.fromEntries(
    [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => [name, [...values].sort()]),
  );
