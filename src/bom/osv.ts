import type { Vulnerability } from './bom.ts';
import { normalised, type Required } from './required.ts';
import { comparePep440, compareSemver, isPep440, publicOf } from './versions.ts';

/** One advisory of an OSV database (OSV schema 1.7), as far as it is used. */
interface Affected {
  readonly package: string;
  readonly versions: readonly string[];
  readonly ranges: readonly Range[];
}
interface Range {
  readonly compare: Compare;
  readonly events: readonly Event[];
}
type Compare = (a: string, b: string) => number;

const KINDS = ['fixed', 'introduced', 'last_affected'] as const;
interface Event {
  readonly kind: (typeof KINDS)[number];
  readonly version: string;
}

/** Advisories by the package that they are about; only those of packages that somebody asks for are kept. */
export class OsvIndex {
  readonly #byPackage = new Map<
    string,
    { readonly vulnerability: Vulnerability; readonly affected: Affected }[]
  >();
  #count = 0;

  /** @param wanted what will be looked up */
  constructor(wanted: Iterable<Pick<Required, 'ecosystem' | 'name'>>) {
    for (const { ecosystem, name } of wanted) this.#byPackage.set(keyOf(ecosystem, name), []);
  }

  /** Advisories that it was given. */
  get size(): number {
    return this.#count;
  }

  /** Adds one advisory. False where it is none. */
  add(advisory: unknown): boolean {
    if (!isRecord(advisory) || typeof advisory.id !== 'string' || !Array.isArray(advisory.affected ?? []))
      return false;
    this.#count++;
    // A time, where it was withdrawn; some write null where it was not.
    if (typeof advisory.withdrawn === 'string') return true;
    const vulnerability: Vulnerability = {
      id: advisory.id.slice(0, 100),
      aliases: [...new Set(texts(advisory.aliases))].slice(0, 20),
      summary: (typeof advisory.summary === 'string' ? advisory.summary : '').slice(0, 400),
      severity: severityOf(advisory),
    };
    for (const one of list(advisory.affected)) {
      const affected = affectedOf(one);
      if (affected !== undefined) this.#byPackage.get(affected.package)?.push({ vulnerability, affected });
    }
    return true;
  }

  /** What is known of a version. Of a requirement without one nothing can be said. */
  lookUp({
    ecosystem,
    name,
    version: pinned,
  }: Pick<Required, 'ecosystem' | 'name' | 'version'>): Vulnerability[] {
    if (pinned === undefined) return [];
    // A local label, as in 2.1.0+cu118, is of whoever built it: advisories speak of 2.1.0 (PEP 440).
    const version = ecosystem === 'npm' ? pinned : publicOf(pinned);
    const compare = ecosystem === 'npm' ? compareSemver : comparePep440;
    // What has no place in the order is named where there is a range at all: nobody knows that it is behind the end.
    const isOrdered = ecosystem === 'npm' || isPep440(version);
    const found = (this.#byPackage.get(keyOf(ecosystem, name)) ?? []).filter(
      ({ affected: { versions, ranges } }) =>
        versions.some((one) => one === pinned || compare(one, version) === 0) ||
        ranges.some((range) => (isOrdered ? isWithin(version, range) : range.events.length > 0)),
    );
    return [...new Map(found.map(({ vulnerability }) => [vulnerability.id, vulnerability])).values()].sort(
      (a, b) => (a.id < b.id ? -1 : 1),
    );
  }
}

/** The algorithm of the OSV schema: of the events in order, the last at or before the version says. */
function isWithin(version: string, { events, compare }: Range): boolean {
  let isAffected = false;
  for (const { kind, version: at } of events) {
    const distance = at === '0' ? 1 : compare(version, at);
    if (kind === 'introduced' && distance >= 0) isAffected = true;
    else if (kind === 'fixed' && distance >= 0) isAffected = false;
    else if (kind === 'last_affected' && distance > 0) isAffected = false;
  }
  return isAffected;
}

/** Of events at one version, a range that ends there comes first, and one that has it as its last comes last. */
const inOrder = (events: readonly Event[], compare: Compare): Event[] =>
  [...events].sort((a, b) => {
    const [first, second] = [a.version === '0', b.version === '0'];
    if (first !== second) return first ? -1 : 1;
    return (first ? 0 : compare(a.version, b.version)) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  });

function affectedOf(value: unknown): Affected | undefined {
  if (!isRecord(value) || !isRecord(value.package)) return undefined;
  const { ecosystem, name } = value.package;
  if (typeof ecosystem !== 'string' || typeof name !== 'string') return undefined;
  const ranges = list(value.ranges).flatMap((range): Range[] => {
    if (!isRecord(range) || range.type === 'GIT') return [];
    const compare = range.type === 'SEMVER' || ecosystem.startsWith('npm') ? compareSemver : comparePep440;
    return [{ compare, events: inOrder(list(range.events).flatMap(eventsOf), compare) }];
  });
  return { package: keyOf(ecosystem, name), versions: texts(value.versions), ranges };
}

function eventsOf(value: unknown): Event[] {
  if (!isRecord(value)) return [];
  return KINDS.flatMap((kind) => {
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

function keyOf(ecosystem: string, name: string): string {
  const [base = ''] = ecosystem.split(':');
  return `${base} ${base === 'PyPI' ? normalised(name) : name}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).filter((one) => typeof one === 'string');
