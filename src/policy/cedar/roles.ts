import { kindOf } from '../actions.ts';
import type { Policy, Rule } from '../policy.ts';

/**
 * Roles written out as Cedar policies: what they mean, and where to go on from when conditions are needed. The id of
 * `roles.app.allow[0]` is `app.allow.0`.
 */
export function rolesAsCedar({ roles }: Pick<Policy, 'roles'>): string {
  const policies: string[] = [];
  for (const [name, { allow, deny }] of roles) {
    for (const [index, rule] of allow.entries()) policies.push(write('permit', name, `allow.${index}`, rule));
    for (const [index, rule] of deny.entries()) policies.push(write('forbid', name, `deny.${index}`, rule));
  }
  return `${policies.join('\n\n')}\n`;
}

function write(effect: 'permit' | 'forbid', role: string, place: string, { actions, globs }: Rule): string {
  const listed = [...actions].map((action) => `Action::${quote(action)}`);
  const scope = [`principal in Role::${quote(role)}`, `action in [${listed.join(', ')}]`, 'resource'];
  return `@id(${quote(`${role}.${place}`)})\n${effect} (${scope.join(', ')})${condition(actions, globs)};`;
}

function condition(actions: Rule['actions'], globs: readonly string[] | undefined): string {
  const kinds = new Set([...actions].map(kindOf));
  if (globs === undefined || globs.includes('*') || !kinds.has('Model')) return '';
  const named = globs.map((glob) =>
    glob.includes('*') ? `resource.name like ${quote(glob)}` : `resource == Model::${quote(glob)}`,
  );
  const models = named.join(' || ');
  return ` when { ${kinds.size === 1 ? models : `!(resource is Model) || (${models})`} }`;
}

/** A string of Cedar's: its escapes are those of Rust, not of JSON. */
export const quote = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`)}"`;
