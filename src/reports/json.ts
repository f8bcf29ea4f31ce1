import type { ReportKind } from './report.ts';

/** The result itself, for programs. */
export const json: ReportKind = {
  name: 'json',
  about: 'the whole result, with what was read of every file',
  write: (result) => `${JSON.stringify(result, null, 2)}\n`,
};
