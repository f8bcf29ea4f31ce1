import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const ONNX_RULES = {
  path: {
    id: 'onnx.external-path',
    title: 'Weights that are read from outside of the model’s folder',
    severity: 'high',
    about:
      'A tensor names a file for its data by an absolute path, a path that leads up, or an address. Whoever loads the model reads that file into a tensor, and what the model answers can tell what is in it.',
    advice: 'Do not load it.',
    cwe: ['CWE-22', 'CWE-73'],
    ...chain,
    advisories: ['CVE-2022-25882', 'CVE-2024-27318'],
  },
  key: {
    id: 'onnx.external-key',
    title: 'Unknown settings of external data',
    severity: 'medium',
    about:
      'External data has a location, an offset, a length, a checksum. Readers in Python have set attributes by whatever name stood here, which reached other objects.',
    advice: 'Do not load it. Export the model again.',
    cwe: ['CWE-915'],
    ...chain,
    advisories: ['CVE-2025-51480'],
  },
  memory: {
    id: 'onnx.memory-address',
    title: 'A tensor whose data is read from an address in memory',
    severity: 'high',
    about:
      'The location of external data is the mark by which ONNX Runtime hands itself addresses of its own memory. In a file it makes a runtime read wherever the offset says.',
    advice: 'Do not load it.',
    cwe: ['CWE-822', 'CWE-125'],
    ...chain,
  },
  text: {
    id: 'onnx.code-in-text',
    title: 'Code in the metadata of an ONNX model',
    severity: 'medium',
    about:
      'A value of the metadata, or a description, is a program. Loaders of detection models evaluate names and sizes that stand there; nothing honest needs a call in them.',
    advice: 'Read the text, and load the model with a runtime that evaluates none.',
    cwe: ['CWE-95', 'CWE-506'],
    ...chain,
  },
  standard: {
    id: 'onnx.unknown-operator',
    title: 'An operator of ONNX that is not known',
    severity: 'low',
    about:
      'The domain is one of those that come with ONNX or its runtime, and the operator is in no list of theirs that was looked at: it is newer, or a library of operators puts its own under this name.',
    advice: 'Find out which library brings the operator, and load none that came with the model.',
    cwe: ['CWE-829'],
    ...chain,
  },
  custom: {
    id: 'onnx.custom-operator',
    title: 'An operator that is no part of ONNX',
    severity: 'medium',
    about:
      'The model needs a library of its own to run: the operator is of no known domain and is not defined in the model. Whoever runs it must load that library, and it can do anything.',
    advice: 'Ask for a model of standard operators; load no library that came with it.',
    cwe: ['CWE-829'],
    ...chain,
  },
  code: {
    id: 'onnx.code-operator',
    title: 'An operator that runs code or loads files',
    severity: 'high',
    about: 'The operator calls Python, loads a compiled context by its path, or loads a library.',
    advice: 'Do not load it, unless you made it.',
    cwe: ['CWE-829', 'CWE-94'],
    ...chain,
  },
  shadow: {
    id: 'onnx.shadowed-operator',
    title: 'A function that takes the place of a standard operator',
    severity: 'medium',
    about:
      'The model defines a function in the domain of ONNX itself. Readers differ in whether it replaces the operator of that name: the model that is looked at is not the one that runs.',
    advice: 'Read the function, or ask for a model without it.',
    cwe: ['CWE-436'],
    ...chain,
  },
  size: {
    id: 'onnx.tensor-size',
    title: 'A tensor whose data has another length than its shape',
    severity: 'medium',
    about:
      'Dimensions and type ask for more or fewer bytes than there are. Readers in C have read or written beyond.',
    advice: 'Do not load it. Export the model again.',
    cwe: ['CWE-125', 'CWE-190'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
