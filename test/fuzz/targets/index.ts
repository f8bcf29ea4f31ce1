import type { Target } from '../target.ts';
import { dialectTargets } from './dialects.ts';
import { translatorTargets } from './translators.ts';
import { wireTargets } from './wire.ts';

export const TARGETS: readonly Target[] = [...wireTargets, ...dialectTargets, ...translatorTargets];
