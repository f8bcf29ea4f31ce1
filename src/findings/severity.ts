/** How bad it is when a finding is true. From `medium` on a file is not to be loaded. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Whether `one` is at least as bad as `other`. */
export const atLeast = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(other);
