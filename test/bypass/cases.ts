import { bodyCases } from './bodies.ts';
import type { Case } from './case.ts';
import { matrix } from './matrix.ts';
import { requestCases } from './requests.ts';

export const CASES: readonly Case[] = [...matrix(), ...requestCases, ...bodyCases];
