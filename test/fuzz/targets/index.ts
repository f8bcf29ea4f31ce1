import type { Target } from '../target.ts';
import { callerTargets } from './callers.ts';
import { dialectTargets } from './dialects.ts';
import { regexTargets } from './regex.ts';
import { settingsTargets } from './settings.ts';
import { translatorTargets } from './translators.ts';
import { wireTargets } from './wire.ts';
import { wordTargets } from './words.ts';

export const TARGETS: readonly Target[] = [
  ...wireTargets,
  ...dialectTargets,
  ...translatorTargets,
  ...callerTargets,
  ...wordTargets,
  ...regexTargets,
  ...settingsTargets,
];
