import { runOneOf } from '../scripts/programs.ts';

// npm run eval -- NAME: how well the guards see, on sets that are generated or given.
await runOneOf('eval', {
  attacks: {
    summary: 'how far models withstand attacks, beside what was measured before',
    load: () => import('./attacks/main.ts'),
  },
  injection: {
    summary: 'prompt injection and jailbreaks: attacks found, innocent texts flagged',
    load: () => import('./injection/main.ts'),
  },
  robustness: {
    summary: 'attacks that are found, changed a little: how many are found no more',
    load: () => import('./robustness/main.ts'),
  },
  monitors: {
    summary: 'queries to a model: honest callers alarmed about, and how soon attacks are',
    load: () => import('./monitors/main.ts'),
  },
  scan: {
    summary: 'model files that hide something, and files of real libraries: what the scanner says of them',
    load: () => import('./scan/main.ts'),
  },
  shapers: {
    summary: 'what shapers of answers cost users, and how good a copy a thief makes',
    load: () => import('./shapers/main.ts'),
  },
  secrets: {
    summary: 'keys, tokens and passwords: generated texts in many contexts, and look-alikes',
    load: () => import('./secrets/main.ts'),
  },
  pii: { summary: 'personal data: generated texts and look-alikes', load: () => import('./pii/main.ts') },
});
