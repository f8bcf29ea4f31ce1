/** How bad, mildest first: the words of Sigma's `level` and of OCSF's `severity`, so that a rule's level is an incident's severity. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const isSeverity = (word: unknown): word is Severity =>
  (SEVERITIES as readonly unknown[]).includes(word);

/** The first is as bad as the second, or worse. */
export const atLeast = (severity: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(other);
