import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003'] } as const;

export const BOOSTER_RULES = {
  bounds: {
    id: 'booster.bounds',
    title: 'A model of trees whose numbers do not fit it',
    severity: 'medium',
    about:
      'Counts of trees, nodes or texts are none that the file has room for. Libraries written in C++ read beyond their memory with such files.',
    advice: 'Do not load it. Get the file again from where it comes from.',
    cwe: ['CWE-125', 'CWE-787', 'CWE-190'],
    ...chain,
  },
  code: {
    id: 'booster.code',
    title: 'A model of trees with code in it',
    severity: 'medium',
    about:
      'A text of the model looks like a program: an objective or an attribute that somebody evaluates. Trees are made of numbers.',
    advice: 'Read the text. Give objectives of your own to the library yourself.',
    cwe: ['CWE-94', 'CWE-506'],
    ...chain,
  },
  trailing: {
    id: 'booster.trailing',
    title: 'Something behind the end of a model of trees',
    severity: 'medium',
    about: 'The library stops at the end. What follows is for somebody who knows.',
    advice: 'Save the model anew with the library.',
    cwe: ['CWE-506'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
