import type { Candidate } from '../../src/lifecycle/shaping/evaluate.ts';

/** What a picture shows together. */
export interface Listed extends Candidate {
  readonly group: 'others' | 'principal components' | 'our gate' | 'with DAWN';
}

const ours = (threshold: number): Listed => ({
  name: `misinformation, our gate, ${threshold}`,
  group: 'our gate',
  shapers: [{ use: 'misinformation', threshold }],
});

const components = (threshold: number): Listed => ({
  name: `misinformation, residual of principal components, ${threshold}`,
  group: 'principal components',
  shapers: [{ use: 'misinformation', threshold }],
  gate: ['residual'],
});

/** What is compared: settings of the papers and of those who measured before. */
export const LISTS: readonly Listed[] = [
  { name: 'none', group: 'others', shapers: [] },
  { name: 'label only', group: 'others', shapers: [{ use: 'label-only' }] },
  { name: 'rounding, 1 decimal', group: 'others', shapers: [{ use: 'rounding', decimals: 1 }] },
  {
    name: 'reverse sigmoid, β 0.7, γ 0.2',
    group: 'others',
    shapers: [{ use: 'reverse-sigmoid', beta: 0.7, gamma: 0.2 }],
  },
  {
    name: 'reverse sigmoid, β 1, γ 0.1',
    group: 'others',
    shapers: [{ use: 'reverse-sigmoid', beta: 1, gamma: 0.1 }],
  },
  {
    name: 'boundary privacy, ε 0.43, zone 0.5',
    group: 'others',
    shapers: [{ use: 'boundary-privacy', epsilon: 0.43, zone: 0.5 }],
  },
  {
    name: 'misinformation, as in the paper: unsure below 0.9',
    group: 'others',
    shapers: [{ use: 'misinformation', gate: 'confidence', threshold: 0.9 }],
  },
  components(0.99),
  components(0.999),
  ours(0.99),
  ours(0.995),
  ours(0.996),
  ours(0.999),
  ours(0.9999),
  {
    name: 'misinformation, our gate, 0.996, another answer in each cell',
    group: 'others',
    shapers: [{ use: 'misinformation', threshold: 0.996, answer: 'cell' }],
  },
  { name: 'DAWN, 0.5 %', group: 'with DAWN', shapers: [{ use: 'dawn', rate: 0.005 }] },
  {
    name: 'misinformation 0.999, DAWN 0.2 %, rounding 2 decimals',
    group: 'with DAWN',
    shapers: [
      { use: 'misinformation', threshold: 0.999 },
      { use: 'dawn', rate: 0.002 },
      { use: 'rounding', decimals: 2 },
    ],
  },
];
