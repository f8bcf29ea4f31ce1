import { BUCKETS, LABEL_COUNT, LABELS, type Lexicon, type Model } from '../../src/guards/pii/model.ts';
import { decode, FEATURES, features, Traits } from '../../src/guards/pii/tagger.ts';
import { Tokens } from '../../src/guards/pii/tokens.ts';
import type { Random } from '../random.ts';
import type { Example } from './grammar.ts';

const MOST = 2_000;
const TYPES: Readonly<Record<string, string>> = {
  PERSON: 'PER',
  LOCATION: 'LOC',
  STREET_ADDRESS: 'ADR',
  ORGANIZATION: 'ORG',
};

interface Row {
  readonly buckets: Int32Array;
  readonly labels: Uint8Array;
}

/** What the lexicon knows is hidden from a name now and then, so that the tagger learns to do without. */
const HIDDEN = 0.15;

function rowOf(
  { text, spans }: Example,
  tokens: Tokens,
  traits: Traits,
  lexicon: Lexicon,
  random: Random,
): Row | undefined {
  if (text.length > MOST) return;
  tokens.read(text, 0, text.length);
  traits.read(tokens, lexicon);
  const labels = new Uint8Array(tokens.count);
  for (const { start, end, type } of spans) {
    const kind = TYPES[type];
    if (kind === undefined) continue;
    const hide = random.chance(HIDDEN);
    let begun = false;
    for (let at = 0; at < tokens.count; at++) {
      if ((tokens.starts[at] as number) < start || (tokens.ends[at] as number) > end) continue;
      labels[at] = LABELS.indexOf(`${begun ? 'I' : 'B'}-${kind}` as (typeof LABELS)[number]);
      begun = true;
      if (hide) {
        const kindOf = tokens.kinds[at] as number;
        if (kindOf < 4)
          traits.shapes[at] =
            (kindOf | (Math.min(6, (tokens.ends[at] as number) - (tokens.starts[at] as number)) << 4)) << 1;
      }
    }
  }
  const buckets = new Int32Array(tokens.count * FEATURES);
  for (let at = 0; at < tokens.count; at++) features(text, tokens, traits, at, buckets, at * FEATURES);
  return { buckets, labels };
}

/** Structured perceptron with averaged weights (Collins 2002), then eight bits for each weight. */
export function fit(
  examples: readonly Example[],
  lexicon: Lexicon,
  random: Random,
  epochs: number,
  log: (line: string) => void,
): Model {
  const tokens = new Tokens(MOST);
  const traits = new Traits(MOST);
  const rows = examples.flatMap((example) => rowOf(example, tokens, traits, lexicon, random) ?? []);
  const size = BUCKETS * LABEL_COUNT;
  const weights = new Float64Array(size);
  const sums = new Float64Array(size);
  const steps = (LABEL_COUNT + 1) * LABEL_COUNT;
  const transitions = new Float64Array(steps);
  const transitionSums = new Float64Array(steps);
  for (let label = 2; label < LABEL_COUNT; label += 2) transitions[LABEL_COUNT * LABEL_COUNT + label] = -1e6;
  const scores = new Float64Array(MOST * LABEL_COUNT);
  const best = new Float64Array(LABEL_COUNT * 2);
  const back = new Uint8Array(MOST * LABEL_COUNT);
  const guess = new Uint8Array(MOST);
  let now = 1;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let wrong = 0;
    let all = 0;
    for (const { buckets, labels } of random.shuffle(rows)) {
      const { length } = labels;
      if (length === 0) continue;
      scores.fill(0, 0, length * LABEL_COUNT);
      for (let at = 0; at < length; at++) {
        for (let f = 0; f < FEATURES; f++) {
          const base = (buckets[at * FEATURES + f] as number) * LABEL_COUNT;
          for (let label = 0; label < LABEL_COUNT; label++)
            scores[at * LABEL_COUNT + label] =
              (scores[at * LABEL_COUNT + label] as number) + (weights[base + label] as number);
        }
        // A margin: what is right must lead by some distance.
        for (let label = 0; label < LABEL_COUNT; label++)
          if (label !== labels[at])
            scores[at * LABEL_COUNT + label] = (scores[at * LABEL_COUNT + label] as number) + 3;
      }
      decode(scores, transitions, length, best, back, guess);
      now++;
      let beforeTrue: number = LABEL_COUNT;
      let beforeGuess: number = LABEL_COUNT;
      for (let at = 0; at < length; at++) {
        const right = labels[at] as number;
        const said = guess[at] as number;
        all++;
        if (right !== said) {
          wrong++;
          for (let f = 0; f < FEATURES; f++) {
            const base = (buckets[at * FEATURES + f] as number) * LABEL_COUNT;
            add(weights, sums, base + right, 1, now);
            add(weights, sums, base + said, -1, now);
          }
        }
        if (right !== said || beforeTrue !== beforeGuess) {
          add(transitions, transitionSums, beforeTrue * LABEL_COUNT + right, 1, now);
          add(transitions, transitionSums, beforeGuess * LABEL_COUNT + said, -1, now);
        }
        beforeTrue = right;
        beforeGuess = said;
      }
    }
    log(`epoch ${epoch + 1}: ${((100 * wrong) / all).toFixed(2)} % of ${all} tokens wrong (with margin)`);
  }
  for (let at = 0; at < size; at++) weights[at] = (weights[at] as number) - (sums[at] as number) / now;
  for (let at = 0; at < steps; at++)
    transitions[at] = (transitions[at] as number) - (transitionSums[at] as number) / now;
  const sorted = weights
    .filter((weight) => weight !== 0)
    .map(Math.abs)
    .sort();
  const top = sorted[Math.floor(sorted.length * 0.9995)] ?? 1;
  const factor = 127 / top;
  const round = (value: number, most: number): number =>
    Math.max(-most, Math.min(most, Math.round(value * factor)));
  return {
    lexicon,
    weights: Int8Array.from(weights, (weight) => round(weight, 127)),
    transitions: Int16Array.from(transitions, (weight) => round(weight, 16_000)),
    scale: 0.25 / factor,
  };
}

/** Adds to a weight and keeps what its average needs: the sum of changes, each times when it was made. */
function add(weights: Float64Array, sums: Float64Array, at: number, by: number, now: number): void {
  weights[at] = (weights[at] as number) + by;
  sums[at] = (sums[at] as number) + by * now;
}
