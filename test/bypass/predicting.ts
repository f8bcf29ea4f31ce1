import { FRAUD } from '../harness/predictions.ts';

/** Everything that harmless twins say somewhere. */
const WORDS = ['hello', 'é', 'permitted fruit', 'co\u00adoperate', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'a'];

const FILES = {
  'words.yaml': `version: 1
max_rows: 64
inputs:
  word:
    type: string
    shape: [rows, 1]
    features: [{ name: word, kind: category, texts: ${JSON.stringify(WORDS)} }]
`,
  'fraud.yaml': FRAUD,
  // One input of each kind that could be taken for another.
  'wide.yaml': `version: 1
max_rows: 8
inputs:
  whole: { type: int64, shape: [rows, 1], min: -9007199254740992, max: 9007199254740992 }
  small: { type: uint8, shape: [rows, 2], max: 200 }
  half: { type: float16, shape: [rows, 1], min: 0, max: 1000 }
  double: { type: float64, shape: [rows, 1], min: 0, max: 0.1 }
  flag: { type: bool, shape: [rows, 1] }
  pixels: { type: float32, shape: [rows, 2, 2], min: 0, max: 1 }
`,
};

/** Models that not everybody may ask, or not for everything (circumstances.ts). */
const CONDITIONAL = ['gpt-purpose', 'gpt-consent', 'gpt-lead'];

/** Models of the lab that classify or score, at a server of the Open Inference Protocol. */
export const predictionsAt = (url: string) => ({
  files: FILES,
  settings: `predictions:
  words: { contract: words.yaml, url: "${url}" }
  fraud: { contract: fraud.yaml, url: "${url}", as: far }
  wide: { contract: wide.yaml, url: "${url}" }
${CONDITIONAL.map((name) => `  ${name}: { contract: words.yaml, url: "${url}", as: words }\n`).join('')}`,
});
