import { EVASION, type Monitor } from './monitor.ts';
import { nearness, Ring } from './sketch.ts';

/** Queries that are remembered. */
const HISTORY = 512;

/** Attacks that ask again and again about the same row, a little changed. */
export const nearDuplicates: Monitor = {
  name: 'near-duplicates',
  title: 'Near duplicates',
  source: 'Chen, Carlini, Wagner: Stateful detection of black-box adversarial attacks, SPAI 2020',
  technique: EVASION,
  explanation:
    'are nearly the same as one that the caller sent before, as when a row is changed step by step',
  level: 0.01,
  history: HISTORY,
  perClass: true,
  together: true,
  start: () => {
    const ring = new Ring(HISTORY);
    return {
      memory: [ring.sketches, ring.counts],
      get among() {
        return ring.filled;
      },
      score: ({ rounded }) => {
        const distance = ring.nearest(rounded);
        ring.add(rounded);
        return distance === undefined ? undefined : nearness(distance);
      },
    };
  },
};
