import { bodyCases } from './bodies.ts';
import type { Case } from './case.ts';
import { credentialCases } from './credentials.ts';
import { doorCases } from './doors.ts';
import { history } from './history.ts';
import { matrix } from './matrix.ts';
import { replyTricks } from './replies.ts';
import { requestCases } from './requests.ts';
import { tokenCases } from './tokens.ts';
import { verdictCases } from './verdicts.ts';

export const CASES: readonly Case[] = [
  ...matrix(),
  ...requestCases,
  ...history,
  ...bodyCases,
  ...doorCases,
  ...credentialCases,
  ...tokenCases,
  ...replyTricks,
  ...verdictCases,
];
