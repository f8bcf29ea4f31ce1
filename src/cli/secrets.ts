import { SourceDocument } from '../base/document.ts';
import { isObject, type Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import { substitute } from '../settings/substitute.ts';

/** The texts of all secrets in settings. */
export function secretsIn(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal().trim()].filter((text) => text !== '');
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

/**
 * Whether a file of the configuration holds one of the secrets in clear: as it stands there, or as YAML reads it, which
 * knows escapes, folded lines, and texts in place of a variable.
 */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  const texts = [text, ...scalarsOf(text)].map((one) => one.trim());
  return secrets.some((secret) =>
    // A short secret is in every text by chance: it has to be all of one.
    texts.some((one) => one === secret || (secret.length >= 8 && one.includes(secret))),
  );
}

/** None where it is not YAML: a key in a file of its own. */
function scalarsOf(text: string): string[] {
  try {
    const { value } = SourceDocument.read(text, '');
    return [...leaves(value), ...leaves(substitute(value, {}, () => {}))];
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}

function leaves(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (isObject(value)) return Object.entries(value).flatMap(([name, member]) => [name, ...leaves(member)]);
  return [String(value)];
}
