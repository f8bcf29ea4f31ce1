import { bodyCases } from './bodies.ts';
import type { Case } from './case.ts';
import { certificateCases } from './certificates.ts';
import { circumstanceCases } from './circumstances.ts';
import { credentialCases } from './credentials.ts';
import { doorCases } from './doors.ts';
import { elsewhereCases } from './elsewhere.ts';
import { framingCases } from './framing.ts';
import { history } from './history.ts';
import { limitCases } from './limits.ts';
import { matrix } from './matrix.ts';
import { powerCases } from './power.ts';
import { predictionCallerCases } from './prediction-callers.ts';
import { lieCases } from './prediction-lies.ts';
import { rowCases } from './prediction-rows.ts';
import { reachingCases } from './reaching.ts';
import { replyTricks } from './replies.ts';
import { requestCases } from './requests.ts';
import { switchCases } from './switches.ts';
import { tenantCases } from './tenants.ts';
import { valueCases } from './tensor-values.ts';
import { tensorCases } from './tensors.ts';
import { tokenCases } from './tokens.ts';
import { translationCases } from './translation.ts';
import { verdictCases } from './verdicts.ts';

/** Texts that must not get through, wherever they stand. */
export const TEXTS: readonly Case[] = matrix();

/** Texts that must not get through, by whatever turn on the way. */
export const TURNS: readonly Case[] = [...translationCases, ...replyTricks, ...verdictCases];

/** Requests that must not get through, whatever they hold. */
export const WAYS: readonly Case[] = [
  ...requestCases,
  ...switchCases,
  ...history,
  ...bodyCases,
  ...framingCases,
  ...doorCases,
  ...elsewhereCases,
  ...credentialCases,
  ...tokenCases,
  ...certificateCases,
  ...powerCases,
  ...circumstanceCases,
  ...reachingCases,
  ...tenantCases,
  ...limitCases,
  ...tensorCases,
  ...valueCases,
  ...rowCases,
  ...predictionCallerCases,
  ...lieCases,
];
