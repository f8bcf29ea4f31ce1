import { canonicalJson } from '../base/canonical.ts';
import type { Json } from '../base/json.ts';
import type { Locked } from './fact.ts';

/** Entries and files of one lock. */
export const MOST_ENTRIES = 500;
export const MOST_FILES = 100;

/** What says which evidence was locked, as it can be handed on: `gatehouse audit prove inclusion` shows each leaf to be in the ledger. */
export interface Manifest {
  readonly manifest: 'gatehouse/evidence/v1';
  readonly incident: string;
  readonly entries: Locked['entries'];
  readonly files: Locked['files'];
}

export const manifestOf = (incident: string, { entries, files }: Locked): Manifest => ({
  manifest: 'gatehouse/evidence/v1',
  incident,
  entries: [...entries].sort((a, b) => a.seq - b.seq),
  files: [...files].sort((a, b) => (a.name < b.name ? -1 : 1)),
});

/** Its canonical JSON (RFC 8785): the same bytes for the same evidence. */
export const manifestText = (manifest: Manifest): string => canonicalJson(manifest as unknown as Json);
