import { runOneOf } from '../scripts/programs.ts';

// npm run bench -- NAME: the benchmarks of this project. Each runs its own processes and tells what it measured on.
await runOneOf('bench', {
  gateway: {
    summary: 'speed, CPU and memory of the gateway beside its peers',
    load: () => import('./gateway/bench.ts'),
  },
  guards: {
    summary: 'CPU of the guards beside their peers, and what each finds',
    load: () => import('./guards/bench.ts'),
  },
  'guards-hold': {
    summary: 'what each guard holds back of streamed answers, and what it costs',
    load: () => import('./guards-hold/bench.ts'),
  },
  scan: {
    summary: 'speed and memory of scanning models, beside picklescan where it is given',
    load: () => import('./scan/bench.ts'),
  },
  sign: {
    summary: 'speed of signing and verifying models, beside sha256sum',
    load: () => import('./sign/bench.ts'),
  },
  robustness: {
    summary: 'speed of gradients of ONNX models, beside PyTorch where it is installed',
    load: () => import('./robustness/bench.ts'),
  },
  predictions: {
    summary: 'questions a second to predictive models, beside the same call behind bare node:http',
    load: () => import('./predictions/bench.ts'),
  },
  detect: {
    summary: 'what the detections cost of an entry, and their memory',
    load: () => import('./detect/bench.ts'),
  },
  feeds: {
    summary: 'what a feed costs of an entry, and how many it delivers',
    load: () => import('./feeds/bench.ts'),
  },
  authorize: {
    summary: 'what one decision of the policy costs',
    load: () => import('./authorize/bench.ts'),
  },
  console: {
    summary: 'the console in a browser: first load, and its longest task under events',
    load: () => import('./console/bench.ts'),
  },
  watch: {
    summary: 'what watching costs the data path: with it and without, in turns',
    load: () => import('./watch/bench.ts'),
  },
  views: {
    summary: 'searches of ten million entries of the ledger, and what the views cost',
    load: () => import('./views/bench.ts'),
  },
});
