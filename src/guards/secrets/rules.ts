import { CLOUDS } from './clouds.ts';
import { CODE } from './code.ts';
import { DRAWN } from './drawn.ts';
import { GENERIC } from './generic.ts';
import { KEYS } from './keys.ts';
import { MODELS } from './models.ts';
import { MONEY } from './money.ts';
import type { Rule } from './rule.ts';
import { SERVICES } from './services.ts';
import { TALK } from './talk.ts';
import { TOOLS } from './tools.ts';

/** Everything that is known, by field. */
export const RULES: readonly Rule[] = [
  ...MODELS,
  ...CLOUDS,
  ...CODE,
  ...MONEY,
  ...TALK,
  ...SERVICES,
  ...TOOLS,
  ...KEYS,
  ...GENERIC,
  ...DRAWN,
];

/** The last parts of reasons, each once. */
export const IDS: readonly string[] = [...new Set(RULES.map(({ id }) => id))];
