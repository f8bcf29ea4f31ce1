import { bounds } from './bounds/index.ts';
import { canary } from './canary/index.ts';
import { encoder } from './encoder.ts';
import { format } from './format/index.ts';
import type { GuardKind } from './guard.ts';
import { injection } from './injection/index.ts';
import { judge } from './judge/index.ts';
import { links } from './links/index.ts';
import { markup } from './markup/index.ts';
import { patterns } from './patterns.ts';
import { pii } from './pii/index.ts';
import { promptLeak } from './prompt-leak/index.ts';
import { secrets } from './secrets/index.ts';
import { topics } from './topics/index.ts';

/** The kinds of guards there are. A kind that is not here does not run. */
export const GUARD_KINDS: readonly GuardKind<unknown>[] = [
  bounds,
  patterns,
  secrets,
  injection,
  links,
  canary,
  promptLeak,
  pii,
  format,
  markup,
  topics,
  encoder,
  judge,
];
