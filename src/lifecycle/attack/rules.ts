import type { Rule } from '../../findings/rule.ts';

const OWASP = ['ML01:2023'];
const EVASION = {
  severity: 'high',
  owasp: OWASP,
  advice:
    'Train with adversarial examples, check inputs against a contract, watch streams of queries, and let no decision that matters hang on this model alone.',
} as const;

/** What is found by attacking a model. */
export const ATTACK_RULES = {
  gradients: {
    ...EVASION,
    id: 'attack.evasion-gradients',
    title: 'Small changes make the model err, found with its file',
    about:
      'Whoever has the file of the model can follow its gradients to inputs that people take for what they were and that the model takes for something else.',
    atlas: ['AML.T0043.000', 'AML.T0015'],
  },
  scores: {
    ...EVASION,
    id: 'attack.evasion-scores',
    title: 'Small changes make the model err, found by its scores',
    about:
      'Whoever can ask the model and sees its scores finds inputs on which it errs: nothing of the model is needed.',
    atlas: ['AML.T0043.001', 'AML.T0040', 'AML.T0063', 'AML.T0015'],
  },
  decisions: {
    ...EVASION,
    id: 'attack.evasion-decisions',
    title: 'Small changes make the model err, found by its answers alone',
    about: 'Whoever can ask the model and sees only which class it answers finds inputs on which it errs.',
    atlas: ['AML.T0043.001', 'AML.T0040', 'AML.T0063', 'AML.T0015'],
  },
  masked: {
    id: 'attack.masked-gradients',
    title: 'Gradients of the model mislead',
    severity: 'medium',
    about:
      'A model whose gradients are zero, noisy or wrong seems robust against attacks that follow them, and is not (Athalye, Carlini, Wagner: Obfuscated gradients give a false sense of security, ICML 2018). The robust accuracy that was measured is too high by an unknown amount.',
    advice:
      'Take the lowest figure of all attacks, ask with --standard and more queries, and do not call the model robust.',
    owasp: OWASP,
    atlas: ['AML.T0015'],
  },
  unstable: {
    id: 'attack.unstable-answers',
    title: 'The model does not answer the same twice',
    severity: 'low',
    about:
      'The same rows were given other answers when they were asked again: there is chance in the model, or something before it changes what it is asked or answers. Attacks that do not average over it look weaker than they are.',
    advice: 'Measure the model without what makes its answers change, too.',
    owasp: OWASP,
  },
  corruptions: {
    id: 'attack.corruptions',
    title: 'The model errs where nobody attacks it',
    severity: 'low',
    about:
      'Noise, blur, weather, a missing value or a mistaken unit make the model err on many rows that it gets right as they are (Hendrycks and Dietterich, ICLR 2019). Nobody need mean it, and whoever does can.',
    advice: 'Train with such rows, check inputs against a contract, and watch how inputs drift.',
    owasp: OWASP,
  },
  weak: {
    id: 'attack.little-accuracy',
    title: 'The model gets hardly a row right as it is',
    severity: 'medium',
    about:
      'Of a model that is hardly better than guessing nothing can be said about robustness. Often the rows are not what the model takes: another scale, another order of columns, labels that are counted otherwise.',
    advice: 'Check --label, --labels, --classes and --scale.',
    owasp: OWASP,
  },
} as const satisfies Record<string, Rule>;

export const ATTACK_RULES_BY_ID: ReadonlyMap<string, Rule> = new Map(
  Object.values<Rule>(ATTACK_RULES).map((rule) => [rule.id, rule]),
);
