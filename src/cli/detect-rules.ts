import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import { readRule } from '../detect/read-rule.ts';
import type { Rule } from '../detect/rule.ts';
import type { RuleSet } from '../detect/rule-set.ts';
import { readWatched, shippedRules, type WatchedRules, watchedRules } from '../gateway/watch/rules.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';

export interface LoadedRules extends RuleSet {
  readonly zone: string;
  /** It came with the package. */
  readonly ships: (rule: Rule) => boolean;
}

/** The rules of the settings; those that ship, where there are no settings. */
export async function rulesOf(io: CliIo, config: string | undefined): Promise<LoadedRules> {
  const file = settingsPath(io, config);
  const watched: WatchedRules =
    config === undefined && !existsSync(file)
      ? { sources: shippedRules(), choices: { disable: [], change: {} }, zone: 'UTC' }
      : watchedRules((await loadSettings(io, file)).detections);
  const shipped = new Set(watched.sources.filter(({ ships }) => ships).map((source) => source.file));
  return { ...readWatched(watched), zone: watched.zone, ships: (rule) => shipped.has(rule.file) };
}

/** Rules in files, as they stand. */
export const rulesIn = (io: CliIo, files: readonly string[]): Rule[] =>
  files.map((name) => {
    const file = resolve(io.cwd, name);
    let text: string;
    try {
      text = io.read(file);
    } catch (cause) {
      throw new Problem('environment', `cannot read ${shown(io, file)}`, 'Name a file with a rule.', cause);
    }
    return readRule(text, shown(io, file));
  });
