import type { Dependency } from './bom.ts';

export type Required = Omit<Dependency, 'vulnerabilities'>;

/** What a file says that is needed. */
export interface Listed {
  readonly required: readonly Required[];
  /** Lists for pip that it names, relative to it. */
  readonly lists: readonly string[];
  /** What it names and nobody read, and why. */
  readonly unread: readonly string[];
}

export const NOTHING: Listed = { required: [], lists: [], unread: [] };

/** Lines or entries of one file, and lists of one model; more are none of a person's. */
export const ENTRIES = 20_000;
export const LISTS = 1_000;
/** Requirements of one model, and notes on what was not read. */
export const REQUIREMENTS = 100_000;
export const NOTES = 200;
/** Characters of a requirement without its hashes, and of a version: more would cost time, and say nothing. */
export const LONGEST = 1_000;
export const LONGEST_VERSION = 200;

/** Names as the index has them (PEP 503). */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

const CLAUSE = /^={2,3}\s*([^\s,*=]{1,200})$/;

/** The one version that a range of PEP 440 allows; undefined where there may be several. */
export function exactIn(range: string): string | undefined {
  for (const clause of range.slice(0, LONGEST).split(',')) {
    const [, version] = CLAUSE.exec(clause.trim()) ?? [];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** PEP 508: a name, extras, a range or an address, a marker. */
const NAMED =
  /^([A-Za-z0-9](?:[\w.-]{0,100}[A-Za-z0-9])?)\s{0,20}(?:\[[^\]]{0,200}\])?\s{0,20}([^;#]{0,600})/;
const ADDRESS = /^@\s{0,20}(\S{1,600})/;
/** PEP 427: name, version, then tags. */
const WHEEL = /(?:^|\/)([A-Za-z0-9][\w.]{0,100})-(\d[\w.!+]{0,100})-[\w.-]{1,200}\.whl(?:$|[?#])/;
const REPOSITORY = /^(?:git|hg|svn|bzr)\+[^#]{1,600}?\/([\w.-]{1,100}?)(?:\.git)?(?:@[^/#@]{1,200})?(?:#|$)/;

/** A requirement as PEP 508 or pip has it; undefined where it is none. */
export function readRequirement(text: string, from: string): Required | undefined {
  const short = text.trim().slice(0, LONGEST);
  if (/^(?:[a-z+]{2,20}:|\.{0,2}\/)/i.test(short)) return fromAddress(short, from);
  const [, name, rest = ''] = NAMED.exec(short) ?? [];
  if (name === undefined) return undefined;
  const [, address] = ADDRESS.exec(rest) ?? [];
  if (address !== undefined)
    return { ecosystem: 'PyPI', name: normalised(name), version: undefined, ...atAddress(address), from };
  // A wheel beside the list.
  if (/\.whl$/i.test(short)) return fromAddress(short, from);
  if (!/^(?:[=<>!~(]|\s*$)/.test(rest)) return undefined;
  const asked = rest
    .trim()
    .replace(/^\(|\)$/g, '')
    .trim();
  return { ecosystem: 'PyPI', name: normalised(name), version: exactIn(asked), asked, from };
}

/** An address without a name before it: the name is in it, where there is one. */
function fromAddress(address: string, from: string): Required | undefined {
  const [bare = ''] = address.split(/\s/);
  const [, egg] = /[#&]egg=([A-Za-z0-9][\w.-]{0,100})/.exec(bare) ?? [];
  const [, wheel, version] = WHEEL.exec(bare) ?? [];
  const name = egg ?? wheel ?? REPOSITORY.exec(bare)?.[1];
  if (name === undefined) return undefined;
  return {
    ecosystem: 'PyPI',
    name: normalised(name),
    version: egg === undefined ? version : undefined,
    ...atAddress(bare),
    from,
  };
}

/** Nobody puts a password into a bill. */
function atAddress(address: string): Pick<Required, 'asked' | 'url'> {
  const url = address.replace(/\/\/[^/@\s]{0,400}@/, '//');
  return { asked: `@ ${url}`, ...(/^[a-z+]{2,20}:\/\//i.test(url) && { url }) };
}
