/**
 * `@peculiar/x509` registers its parts with a container that asks for `reflect-metadata`. These are the two functions
 * of it that the container needs; they must be there before the package is loaded.
 */
const kept = new WeakMap<object, Map<string, unknown>>();

Object.assign(Reflect, {
  defineMetadata(name: string, value: unknown, target: object) {
    kept.set(target, (kept.get(target) ?? new Map()).set(name, value));
  },
  getMetadata(name: string, target: object): unknown {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
      if (kept.get(at)?.has(name)) return kept.get(at)?.get(name);
    }
    return undefined;
  },
  getOwnMetadata: (name: string, target: object): unknown => kept.get(target)?.get(name),
});
