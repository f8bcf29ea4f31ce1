import { isObject, type Json } from '../base/json.ts';
import type { Path } from '../base/schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$${`, `${NAME}`, `${NAME:-text}`, or a `${` that is none of them. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;

/**
 * Fills in `${NAME}` and `${NAME:-otherwise}` in every text of a document (not in names of members, and not in what
 * was filled in). `$${` stands for `${`. What cannot be filled in is reported and left as it was.
 */
export function substitute(
  value: Json,
  env: Environment,
  report: (path: Path, message: string) => void,
): Json {
  const walk = (node: Json, path: Path): Json => {
    if (typeof node === 'string') return node.includes('${') ? fill(node, path) : node;
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, member]) => [key, walk(member, [...path, key])]),
    );
  };
  const fill = (text: string, path: Path): string =>
    text.replace(REFERENCE, (all: string, name?: string, otherwise?: string) => {
      if (all === '$${') return '${';
      if (name === undefined) {
        report(
          path,
          'has a “${” that is not ${NAME} or ${NAME:-text}; write $${ for the characters themselves',
        );
        return all;
      }
      const given = env[name];
      // As in a shell, `:-` also stands in for an empty variable.
      if (otherwise !== undefined && (given === undefined || given === '')) return otherwise;
      if (given === undefined) report(path, `the environment variable ${name} is not set`);
      return given ?? all;
    });
  return walk(value, []);
}
