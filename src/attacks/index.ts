import { apgdCe, apgdDlr, apgdTargeted } from './apgd.ts';
import type { Attack } from './attack.ts';
import { boundary } from './boundary.ts';
import { carliniWagner } from './carlini-wagner.ts';
import { deepfool } from './deepfool.ts';
import { nes, spsa } from './estimated-gradients.ts';
import { fab } from './fab.ts';
import { bim, fgsm, miFgsm, pgd } from './gradient-steps.ts';
import { hopSkipJump } from './hop-skip-jump.ts';
import { pointwise } from './pointwise.ts';
import { simba } from './simba.ts';
import { square } from './square.ts';
import { tabular } from './tabular.ts';
import { treeSearch } from './tree-search.ts';
import { universal } from './universal.ts';
import { zoo } from './zoo.ts';

/** Every attack, from the plainest to the strongest of each kind of access. */
export const ATTACKS: readonly Attack[] = [
  fgsm,
  bim,
  miFgsm,
  pgd,
  apgdCe,
  apgdDlr,
  apgdTargeted,
  deepfool,
  carliniWagner,
  fab,
  universal,
  square,
  simba,
  nes,
  spsa,
  zoo,
  boundary,
  pointwise,
  hopSkipJump,
  treeSearch,
  tabular,
];
