import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const TFLITE_RULES = {
  operator: {
    id: 'tflite.dangerous-operator',
    title: 'A TensorFlow Lite model that touches files or runs code',
    severity: 'high',
    about:
      'The model has a Flex operator, one of full TensorFlow, that reads or writes files, calls Python, or connects to something. It runs when the model does.',
    advice: 'Do not load it.',
    cwe: ['CWE-73', 'CWE-94', 'CWE-506'],
    ...chain,
  },
  custom: {
    id: 'tflite.custom-operator',
    title: 'An operator that is no part of TensorFlow Lite',
    severity: 'medium',
    about:
      'The model needs a library of its own to run. Whoever runs it must load that library, and it can do anything.',
    advice: 'Ask for a model of built-in operators; load no library that came with the model.',
    cwe: ['CWE-829'],
    ...chain,
  },
  flex: {
    id: 'tflite.flex-operator',
    title: 'An operator of TensorFlow in a TensorFlow Lite model that is not known',
    severity: 'low',
    about: 'The Flex operator is in no list of those that were looked at.',
    advice: 'Find out what it does before you run the model with the Flex delegate.',
    cwe: ['CWE-829'],
    ...chain,
  },
  bounds: {
    id: 'tflite.bounds',
    title: 'A TensorFlow Lite model that points outside of itself',
    severity: 'high',
    about:
      'An operator names a tensor, a tensor names a buffer, or a tensor’s shape asks for more data than there is. Interpreters that trust the numbers read and write beyond what they have.',
    advice: 'Do not load it.',
    cwe: ['CWE-125', 'CWE-787', 'CWE-129'],
    ...chain,
    advisories: ['CVE-2020-15211', 'CVE-2020-15212', 'CVE-2022-23558'],
  },
  overlap: {
    id: 'tflite.overlap',
    title: 'Parts of a TensorFlow Lite model that overlap',
    severity: 'medium',
    about:
      'The same bytes are a buffer and something else. No converter writes this; what is looked at is not what runs.',
    advice: 'Ask for the model as its converter wrote it.',
    cwe: ['CWE-436'],
    ...chain,
  },
  appended: {
    id: 'tflite.appended-data',
    title: 'Bytes that no part of a TensorFlow Lite model reaches',
    severity: 'medium',
    about:
      'Behind the last part of the model there is something else. It was scanned as a file of its own; metadata of TensorFlow Lite is a zip archive, which would be one.',
    advice: 'Get the file again from where it comes from and compare digests.',
    cwe: ['CWE-436'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
