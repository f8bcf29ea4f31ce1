import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { isMeasure, type MeasureName, type Target, targetsOf } from './measure.ts';
import { isSeverity, type Severity } from './severity.ts';
import { isResolution, isState, type Resolution, type State } from './states.ts';

/** What an incident is about: ids of requests, callers, models, and numbers of entries that told of it. */
export interface Links {
  readonly exchanges: readonly string[];
  readonly callers: readonly string[];
  readonly models: readonly string[];
  readonly detections: readonly number[];
}

/** Something that happened to an incident, as its entry in the ledger says it; never a text that somebody sent or wrote at length. */
export type Fact =
  | ({ readonly act: 'opened' } & Opening)
  | ({ readonly act: 'changed' } & Partial<Pick<Opening, 'title' | 'severity' | 'owner' | 'playbook'>>)
  | { readonly act: 'moved'; readonly to: State; readonly resolution?: Resolution | undefined }
  | ({ readonly act: 'linked' | 'unlinked' } & Links)
  | { readonly act: 'commented'; readonly comment: string; readonly digest: string }
  | { readonly act: 'step'; readonly step: string; readonly done: boolean }
  | {
      readonly act: 'evidence';
      /** SHA-256 (hex) of the manifest, which holds every leaf and file. */
      readonly manifest: string;
      readonly locked: Locked;
    }
  | {
      readonly act: 'contained';
      readonly measure: number;
      readonly action: MeasureName;
      readonly on: Readonly<Partial<Record<Target, string>>>;
      /** Milliseconds since 1970 at which it is undone by itself. */
      readonly until?: number | undefined;
      /** The caller was switched off before already, and stays so. */
      readonly was?: 'on' | 'off' | undefined;
    }
  | { readonly act: 'undone'; readonly measure: number; readonly why?: 'expired' | undefined }
  | {
      readonly act: 'acted';
      readonly measure: number;
      readonly of: 'contain' | 'undo';
      readonly ok: boolean;
    };

export interface Opening {
  readonly title: string;
  readonly severity: Severity;
  readonly origin: 'rule' | 'person' | 'drill';
  /** Who is in charge; a caller's id or name. */
  readonly owner?: string | undefined;
  readonly playbook?: string | undefined;
  /** What it is a drill of. */
  readonly drill?: string | undefined;
  /** The rule that told of it, and what its alerts are told apart by. */
  readonly rule?: string | undefined;
  readonly group?: string | undefined;
  /** Milliseconds since 1970 of the first thing that belongs to it, where that is known. */
  readonly first?: number | undefined;
  /** Techniques of MITRE ATLAS and entries of OWASP's lists. */
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  readonly links: Links;
}

/** What cannot change unseen from now on: entries by the hash of their leaf, files by theirs. */
export interface Locked {
  readonly entries: readonly { readonly seq: number; readonly leaf: string }[];
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
}

/** Who did it: a caller's id and name; `gatehouse` where a rule or a clock did. */
export interface By {
  readonly id: string;
  readonly name: string;
}
export const ITSELF: By = { id: 'gatehouse', name: 'gatehouse' };

/** A fact where and when it was recorded. */
export interface Recorded {
  readonly incident: string;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly by: By;
  readonly fact: Fact;
}

/** Links of one incident, of each kind; more are not taken. */
export const MOST_LINKS = 500;
export const NO_LINKS: Links = { exchanges: [], callers: [], models: [], detections: [] };

/** How its entry is called. A closed incident is of a kind of its own, since that is what others wait for. */
export const kindOf = (fact: Fact): string =>
  fact.act === 'moved' && fact.to === 'closed' ? 'incident.closed' : `incident.${fact.act}`;

/**
 * The entry of a fact, without what the ledger adds. It brings its own time: the ledger writes it a moment later, and both ways to
 * the incident, as it happens and from the ledger, come to the same.
 */
export function entryOf({
  incident,
  by,
  time,
  fact,
}: Omit<Recorded, 'seq'>): JsonObject & { readonly kind: string } {
  const { act: _, ...fields } = fact;
  const at = new Date(time).toISOString();
  // What is undefined is not written.
  return JSON.parse(JSON.stringify({ kind: kindOf(fact), incident, at, by, ...fields })) as JsonObject & {
    readonly kind: string;
  };
}

/** The fact of an entry; undefined where the entry is none. */
export function factOf(entry: {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly fields: JsonObject;
}): Recorded | undefined {
  const { seq, kind, fields } = entry;
  if (!kind.startsWith('incident.') || typeof fields.incident !== 'string') return undefined;
  const act = kind === 'incident.closed' ? 'moved' : kind.slice('incident.'.length);
  const fact = read(act, fields);
  if (fact === undefined) return undefined;
  const by = objectOf(fields.by);
  return {
    incident: fields.incident,
    seq,
    time: Date.parse(text(fields.at) ?? entry.time),
    by: { id: text(by.id) ?? '', name: text(by.name) ?? '' },
    fact,
  };
}

/** Entries come from our own hand, and through a ledger that was verified; what does not fit all the same is no fact. */
function read(act: string, fields: JsonObject): Fact | undefined {
  const { measure } = fields;
  switch (act) {
    case 'opened':
      return isSeverity(fields.severity) ? opened(fields, fields.severity) : undefined;
    case 'changed':
      return {
        act,
        ...textsOf(fields, ['title', 'owner', 'playbook']),
        ...(isSeverity(fields.severity) && { severity: fields.severity }),
      };
    case 'moved':
      return isState(fields.to)
        ? { act, to: fields.to, ...(isResolution(fields.resolution) && { resolution: fields.resolution }) }
        : undefined;
    case 'linked':
    case 'unlinked':
      return { act, ...linksOf(fields) };
    case 'commented':
      return { act, comment: text(fields.comment) ?? '', digest: text(fields.digest) ?? '' };
    case 'step':
      return { act, step: text(fields.step) ?? '', done: fields.done === true };
    case 'evidence':
      return { act, manifest: text(fields.manifest) ?? '', locked: fields.locked as unknown as Locked };
    case 'contained':
      return typeof measure === 'number' && isMeasure(fields.action)
        ? {
            act,
            measure,
            action: fields.action,
            on: targetsOf(objectOf(fields.on)),
            ...(typeof fields.until === 'number' && { until: fields.until }),
            ...((fields.was === 'on' || fields.was === 'off') && { was: fields.was }),
          }
        : undefined;
    case 'undone':
      return typeof measure === 'number'
        ? { act, measure, ...(fields.why === 'expired' && { why: fields.why }) }
        : undefined;
    case 'acted':
      return typeof measure === 'number' && (fields.of === 'contain' || fields.of === 'undo')
        ? { act, measure, of: fields.of, ok: fields.ok === true }
        : undefined;
    default:
      return undefined;
  }
}

const opened = (fields: JsonObject, severity: Severity): Fact => ({
  act: 'opened',
  title: text(fields.title) ?? '',
  severity,
  origin: fields.origin === 'rule' || fields.origin === 'drill' ? fields.origin : 'person',
  ...textsOf(fields, ['owner', 'playbook', 'drill', 'rule', 'group']),
  ...(typeof fields.first === 'number' && { first: fields.first }),
  atlas: listOf(fields.atlas),
  owasp: listOf(fields.owasp),
  links: linksOf(objectOf(fields.links)),
});

export const linksOf = (fields: JsonObject): Links => ({
  exchanges: listOf(fields.exchanges),
  callers: listOf(fields.callers),
  models: listOf(fields.models),
  detections: (Array.isArray(fields.detections) ? fields.detections : []).filter(
    (seq): seq is number => typeof seq === 'number',
  ),
});

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : []).flatMap((one) => text(one) ?? []);
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const textsOf = <Name extends string>(
  fields: JsonObject,
  names: readonly Name[],
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = text(fields[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
