import type { State } from '../../src/incidents/states.ts';

/** An incident as it is listed (`GET /admin/v1/incidents`). */
export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: State;
  readonly resolution: string | null;
  readonly owner: string | null;
  readonly origin: string;
  readonly rule: string | null;
  readonly drill: string | null;
  readonly opened: string;
  readonly version: number;
}

export interface Taken {
  readonly number: number;
  readonly action: string;
  readonly on: Readonly<Record<string, string>>;
  readonly state: string;
  readonly reversible: boolean;
  readonly by: { readonly name: string };
  readonly time: string;
  readonly until: string | null;
  readonly undone: string | null;
  readonly expired: boolean;
}

export interface Links {
  readonly exchanges: readonly string[];
  readonly callers: readonly string[];
  readonly models: readonly string[];
  readonly detections: readonly number[];
}

/** All of it (`GET /admin/v1/incidents/ID`). */
export interface Incident extends IncidentRow {
  readonly next_states: readonly State[];
  readonly reached: Readonly<Partial<Record<State, string>>>;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  readonly playbook: string | null;
  readonly links: Links;
  readonly measures: readonly Taken[];
  readonly comments: number;
  readonly ms_to: {
    readonly detect: number | null;
    readonly contain: number | null;
    readonly recover: number | null;
  };
}

/** In force, so that the incident cannot be closed. */
export const isHeld = ({ state, reversible }: Taken): boolean =>
  reversible && (state === 'held' || state === 'begun');

/** Sends a change to the incident, and shows what came of it. What goes wrong is thrown. */
export type Change = (what: string, body: object, said: string) => Promise<void>;

/** How callers are called, where the person may know: by their ids. */
export type Names = ReadonlyMap<string, string>;
