import { Check } from 'typebox/schema';
import { Problem } from '../../base/problem.ts';

/** Keywords that run the owner's expressions on a model's text without a bound on their time, or look elsewhere. */
const UNSAFE = new Set(['pattern', 'patternProperties', 'format', '$dynamicRef', '$recursiveRef']);

/** Throws `Problem('usage')` for what cannot be checked safely. */
export function checkable(schema: unknown, at = 'schema'): void {
  if (Array.isArray(schema)) {
    for (const [index, one] of schema.entries()) checkable(one, `${at}[${index}]`);
  } else if (typeof schema === 'object' && schema !== null) {
    for (const [key, value] of Object.entries(schema)) {
      const isKeyword = !/\.(?:properties|\$defs|definitions|dependentSchemas)$/.test(at);
      if (isKeyword && UNSAFE.has(key)) {
        throw new Problem(
          'usage',
          `“${at}” has “${key}”, which is not checked in a reply.`,
          'Say it with “enum”, lengths, or the setting “match”.',
        );
      }
      if (isKeyword && key === '$ref' && !(typeof value === 'string' && value.startsWith('#'))) {
        throw new Problem('usage', `“${at}” refers to another document.`, 'Put it under $defs.');
      }
      if (key !== 'enum' && key !== 'const' && key !== 'examples' && key !== 'default')
        checkable(value, `${at}.${key}`);
    }
  }
}

/** Which rule a text breaks: it is not JSON, or not such as the schema describes. */
export function brokenRule(schema: object, text: string): 'json' | 'schema' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'json';
  }
  return Check(schema, value) ? undefined : 'schema';
}
