import type { Vulnerability } from './bom.ts';
import { normalised, type Required } from './requirements.ts';
import { comparePep440, compareSemver } from './versions.ts';

/** One advisory of an OSV database (OSV schema 1.7), as far as it is used. */
interface Affected {
  readonly ecosystem: string;
  readonly name: string;
  readonly versions: ReadonlySet<string>;
  readonly ranges: readonly (readonly Event[])[];
}
interface Event {
  readonly kind: 'introduced' | 'fixed' | 'last_affected';
  readonly version: string;
}

/** Advisories by the package that they are about. */
export class OsvIndex {
  readonly #byPackage = new Map<
    string,
    { readonly vulnerability: Vulnerability; readonly affected: Affected }[]
  >();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds one advisory. What is none, or was withdrawn, is left out; false then. */
  add(advisory: unknown): boolean {
    if (!isRecord(advisory) || typeof advisory.id !== 'string' || advisory.withdrawn !== undefined)
      return false;
    const vulnerability: Vulnerability = {
      id: advisory.id.slice(0, 100),
      aliases: texts(advisory.aliases).slice(0, 20),
      summary: (typeof advisory.summary === 'string' ? advisory.summary : '').slice(0, 400),
      severity: severityOf(advisory),
    };
    for (const one of list(advisory.affected)) {
      const affected = affectedOf(one);
      if (affected === undefined) continue;
      const key = keyOf(affected.ecosystem, affected.name);
      const known = this.#byPackage.get(key);
      if (known === undefined) this.#byPackage.set(key, [{ vulnerability, affected }]);
      else known.push({ vulnerability, affected });
    }
    this.#count++;
    return true;
  }

  /** What is known of a version. Of a requirement without one nothing can be said. */
  lookUp({ ecosystem, name, version }: Required): Vulnerability[] {
    if (version === undefined) return [];
    const compare = ecosystem === 'PyPI' ? comparePep440 : compareSemver;
    const found = (this.#byPackage.get(keyOf(ecosystem, name)) ?? []).filter(
      ({ affected }) =>
        [...affected.versions].some((one) => compare(one, version) === 0) ||
        affected.ranges.some((events) => isWithin(version, events, compare)),
    );
    return [...new Map(found.map(({ vulnerability }) => [vulnerability.id, vulnerability])).values()].sort(
      (a, b) => (a.id < b.id ? -1 : 1),
    );
  }
}

/** The algorithm of the OSV schema: of the events in order, the last at or before the version says. */
function isWithin(
  version: string,
  events: readonly Event[],
  compare: (a: string, b: string) => number,
): boolean {
  let isAffected = false;
  for (const { kind, version: at } of [...events].sort((a, b) => order(a, b, compare))) {
    const distance = at === '0' ? 1 : compare(version, at);
    if (kind === 'introduced' && distance >= 0) isAffected = true;
    else if (kind === 'fixed' && distance >= 0) isAffected = false;
    else if (kind === 'last_affected' && distance > 0) isAffected = false;
  }
  return isAffected;
}

const order = (a: Event, b: Event, compare: (a: string, b: string) => number): number =>
  a.version === '0' ? -1 : b.version === '0' ? 1 : compare(a.version, b.version);

function affectedOf(value: unknown): Affected | undefined {
  if (!isRecord(value) || !isRecord(value.package)) return undefined;
  const { ecosystem, name } = value.package;
  if (typeof ecosystem !== 'string' || typeof name !== 'string') return undefined;
  const ranges = list(value.ranges)
    .filter((range) => isRecord(range) && range.type !== 'GIT')
    .map((range) => list(isRecord(range) ? range.events : []).flatMap(eventOf));
  return { ecosystem, name, versions: new Set(texts(value.versions)), ranges };
}

function eventOf(value: unknown): Event[] {
  if (!isRecord(value)) return [];
  return (['introduced', 'fixed', 'last_affected'] as const).flatMap((kind) => {
    const version = value[kind];
    return typeof version === 'string' ? [{ kind, version }] : [];
  });
}

/** Words where the database has them, else the vector of CVSS. */
function severityOf({ database_specific: own, severity }: Record<string, unknown>): string | undefined {
  const word = isRecord(own) ? own.severity : undefined;
  if (typeof word === 'string') return word.toLowerCase();
  const [first] = list(severity);
  return isRecord(first) && typeof first.score === 'string' ? first.score.slice(0, 100) : undefined;
}

const keyOf = (ecosystem: string, name: string): string =>
  `${ecosystem.split(':')[0]} ${ecosystem === 'PyPI' ? normalised(name) : name}`;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).filter((one) => typeof one === 'string');
