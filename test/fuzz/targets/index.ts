import type { Target } from '../target.ts';
import { callerTargets } from './callers.ts';
import { codecTargets } from './codecs.ts';
import { containerTargets } from './containers.ts';
import { dialectTargets } from './dialects.ts';
import { edgeTargets } from './edge.ts';
import { formatTargets } from './formats.ts';
import { graphTargets } from './graph.ts';
import { guardedTargets } from './guarded.ts';
import { guardTargets } from './guards.ts';
import { ledgerTargets } from './ledger.ts';
import { ledgerFileTargets } from './ledger-files.ts';
import { pickleTargets } from './pickle.ts';
import { predictionTargets } from './predictions.ts';
import { regexTargets } from './regex.ts';
import { settingsTargets } from './settings.ts';
import { signingTargets } from './signing.ts';
import { translatorTargets } from './translators.ts';
import { vaultTargets } from './vault.ts';
import { wireTargets } from './wire.ts';
import { wordTargets } from './words.ts';
import { workerTargets } from './workers.ts';

export const TARGETS: readonly Target[] = [
  ...wireTargets,
  ...dialectTargets,
  ...translatorTargets,
  ...callerTargets,
  ...wordTargets,
  ...regexTargets,
  ...settingsTargets,
  ...ledgerTargets,
  ...ledgerFileTargets,
  ...vaultTargets,
  ...workerTargets,
  ...guardedTargets,
  ...guardTargets,
  ...edgeTargets,
  ...signingTargets,
  ...codecTargets,
  ...containerTargets,
  ...pickleTargets,
  ...formatTargets,
  ...graphTargets,
  ...predictionTargets,
];
