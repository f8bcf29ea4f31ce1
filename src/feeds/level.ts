/** How much something matters, least first: the words of Sigma's `level` and of OCSF's `severity`. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

export const isLevel = (text: unknown): text is Level => LEVELS.some((level) => level === text);

/** Whether it matters as much, or more. */
export const atLeast = (level: Level, least: Level): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least);
