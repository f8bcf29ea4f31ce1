import { runOneOf } from '../scripts/programs.ts';

// npm run train -- NAME: makes the weights in models/. Each training is seeded: the same data gives the same file.
await runOneOf('train', {
  injection: {
    summary: 'the model of prompt injection and jailbreaks',
    load: () => import('./injection/main.ts'),
  },
  pii: { summary: 'the tagger of persons, places and addresses', load: () => import('./pii/main.ts') },
});
