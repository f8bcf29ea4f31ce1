/** The values on the way to which a JSON pointer leads (RFC 6901), the whole first; undefined where it leads nowhere. */
export function alongPointer(body: unknown, pointer: string): unknown[] | undefined {
  const way = [body];
  for (const token of pointer.split('/').slice(1)) {
    const at = way.at(-1);
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    way.push((at as Record<string, unknown>)[name]);
  }
  return way;
}
