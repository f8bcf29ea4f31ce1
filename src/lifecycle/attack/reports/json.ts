import type { AttackReport } from './report.ts';

/** The result itself, for programs. */
export const json: AttackReport = {
  name: 'json',
  about: 'the whole result',
  write: (result) => `${JSON.stringify(result, null, 2)}\n`,
};
