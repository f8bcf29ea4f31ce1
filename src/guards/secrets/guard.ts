import type { Guard } from '../guard.ts';
import { readAgain } from '../read-again.ts';
import { prepare, SecretReader } from './reader.ts';
import { RULES } from './rules.ts';
import { startsOfAll } from './starts.ts';

/** Ordinary text, with words in it with which a secret might begin. */
const ORDINARY = `The key is on the passage; please sign in with your token. See https://example.com/docs?page=2#auth, or
login at the office. const key = map.get("id"); type Pass = { author: 'session' };
| cookies: none | bearer of the news | secretary: ann@example.com | basic -p 8080 -u me | pin: see below |
`;

let warm = false;

/** Learns what most texts need when the first guard is built, and not while the first requests wait. Tens of milliseconds. */
function warmUp(open: () => SecretReader): void {
  if (warm) return;
  warm = true;
  const reader = open();
  reader.push(ORDINARY);
  reader.end();
}

export interface SecretsSettings {
  /** Kinds that are not looked for. */
  readonly except?: readonly string[];
  /** Texts with the form of a secret that are none. */
  readonly known?: readonly string[];
}

/** The guard itself, without the schema of its settings: whoever scans files needs no schemas, and they take long to load. */
export function secretsGuard(name: string, { except = [], known = [] }: SecretsSettings): Guard {
  const starts = startsOfAll();
  const left = new Set(except);
  const rules = RULES.map((rule) => prepare(rule, name, left));
  const harmless = new Set(known);
  const open = () => new SecretReader(starts, rules, harmless);
  warmUp(open);
  return { name, open: (about) => readAgain(open, about) };
}
