import { cef } from './cef.ts';
import { email } from './email.ts';
import type { Format } from './format.ts';
import { jsonl } from './jsonl.ts';
import { ocsf } from './ocsf.ts';
import { otlpLogs } from './otlp-logs.ts';
import { pagerduty } from './pagerduty.ts';
import { rfc5424 } from './rfc5424.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

export const FORMATS: readonly Format[] = [
  webhook,
  slack,
  pagerduty,
  email,
  ocsf,
  cef,
  rfc5424,
  otlpLogs,
  jsonl,
];
