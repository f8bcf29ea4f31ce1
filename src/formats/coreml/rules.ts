import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const COREML_RULES = {
  custom: {
    id: 'coreml.custom-class',
    title: 'A Core ML model that calls a class of the program',
    severity: 'medium',
    about:
      'A custom layer or model names a class by which the program that loads it computes. The class is looked up by name among all that the program has: the model decides what is made and what it is given.',
    advice: 'Ask for a model of built-in layers, or look at the class that is named.',
    cwe: ['CWE-470', 'CWE-829'],
    ...chain,
  },
  code: {
    id: 'coreml.code-in-metadata',
    title: 'Code in the metadata of a Core ML model',
    severity: 'medium',
    about:
      'A value of the metadata is a program. Nothing of Core ML runs it; whoever put it there counts on a program that evaluates what it reads.',
    advice: 'Read the text, and ask where it comes from.',
    cwe: ['CWE-95', 'CWE-506'],
    ...chain,
  },
  linked: {
    id: 'coreml.linked-model',
    title: 'A Core ML model that loads another model',
    severity: 'high',
    about: 'The model names a file, and where to search for it, and is that file’s model when it is loaded.',
    advice: 'Do not load it. Ask for the model as one file.',
    cwe: ['CWE-829', 'CWE-73'],
    ...chain,
  },
  path: {
    id: 'coreml.weights-path',
    title: 'Weights of a Core ML model that lie outside of it',
    severity: 'high',
    about: 'The program of the model reads its weights from a file that is not in its package.',
    advice: 'Do not load it.',
    cwe: ['CWE-22', 'CWE-73'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
