/**
 * How far an incident has come, by the life cycle of NIST SP 800-61: found (`new`), looked at (`triage`), no longer spreading
 * (`contained`), its cause gone (`eradicated`), everything as it should be again (`recovered`), and nothing left to do (`closed`).
 */
export const STATES = ['new', 'triage', 'contained', 'eradicated', 'recovered', 'closed'] as const;
export type State = (typeof STATES)[number];

/** What it came to, said when it is closed. */
export const RESOLUTIONS = ['resolved', 'false_positive', 'duplicate', 'accepted'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** From where to where. Back to `triage` it may always go: what was thought over may not be. */
const WAYS: Readonly<Record<State, readonly State[]>> = {
  new: ['triage', 'contained', 'closed'],
  triage: ['contained', 'closed'],
  contained: ['triage', 'eradicated'],
  eradicated: ['triage', 'contained', 'recovered'],
  recovered: ['triage', 'closed'],
  closed: ['triage'],
};

export const mayMove = (from: State, to: State): boolean => WAYS[from].includes(to);

/** Where it may go from here. */
export const waysFrom = (from: State): readonly State[] => WAYS[from];

/** What it can have come to when it is closed from here: resolved is what was recovered, all else never was contained. */
export const resolutionsFrom = (from: State): readonly Resolution[] =>
  RESOLUTIONS.filter((resolution) => (resolution === 'resolved') === (from === 'recovered'));

export const isState = (word: unknown): word is State => (STATES as readonly unknown[]).includes(word);

export const isResolution = (word: unknown): word is Resolution =>
  (RESOLUTIONS as readonly unknown[]).includes(word);
