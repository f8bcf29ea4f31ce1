import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const TENSORFLOW_RULES = {
  file: {
    id: 'tensorflow.file-operator',
    title: 'A TensorFlow graph that reads or writes files',
    severity: 'high',
    about:
      'The graph, or a function in its library, has an operator that opens files by name or connects to a service: it runs when the model is loaded or called, with the rights of whoever runs it. Models compute; they need none of these.',
    advice: 'Do not load it. Ask for the model without the operator, or for its weights alone.',
    cwe: ['CWE-73', 'CWE-506'],
    ...chain,
  },
  code: {
    id: 'tensorflow.code-operator',
    title: 'A TensorFlow graph that runs code',
    severity: 'high',
    about:
      'The operator calls Python, runs a graph that is hidden in a text, or sends work to another machine. What it runs is not in what was looked at.',
    advice: 'Do not load it.',
    cwe: ['CWE-94', 'CWE-829'],
    ...chain,
  },
  path: {
    id: 'tensorflow.foreign-path',
    title: 'A TensorFlow graph that names a file of the machine',
    severity: 'high',
    about:
      'An operator that saves, restores, prints or reads a table has a fixed path of somewhere else in the graph, instead of the path that it is given: it writes over, or reads, a file of whoever loads the model.',
    advice: 'Do not load it.',
    cwe: ['CWE-73', 'CWE-22'],
    ...chain,
  },
  asset: {
    id: 'tensorflow.asset-path',
    title: 'An asset of a SavedModel that lies outside of it',
    severity: 'high',
    about: 'The name of an asset leads out of the folder of the model: another file is read in its place.',
    advice: 'Do not load it.',
    cwe: ['CWE-22'],
    ...chain,
  },
  unknown: {
    id: 'tensorflow.unknown-operator',
    title: 'An operator that is not known to be part of TensorFlow',
    severity: 'low',
    about:
      'The operator is in no list of those that were looked at. Where it belongs to a library of its own, the model loads only where that library was loaded before.',
    advice: 'Find out which library it belongs to, and load no library that came with the model.',
    cwe: ['CWE-829'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
