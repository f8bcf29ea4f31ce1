import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const MSGPACK_RULES = {
  objects: {
    id: 'msgpack.object-array',
    title: 'An array of Python objects in a MessagePack file',
    severity: 'high',
    about:
      'The type of an array says that it holds objects. Readers such as msgpack-numpy and old pandas unpickle them: what is in them runs when the file is loaded. Parameters of models are numbers.',
    advice: 'Do not load it. Ask for the parameters as numbers.',
    cwe: ['CWE-502'],
    ...chain,
  },
  size: {
    id: 'msgpack.array-size',
    title: 'An array of another length than its shape',
    severity: 'medium',
    about: 'Shape and type ask for more or fewer bytes than there are.',
    advice: 'Get the file again from where it comes from and compare digests.',
    cwe: ['CWE-130'],
    ...chain,
  },
  extension: {
    id: 'msgpack.unknown-extension',
    title: 'A value of a kind of its own in a MessagePack file',
    severity: 'low',
    about:
      'The extension is none of Flax’s. What a program makes of it only that program knows; programs have registered pickles so. What it looks like was read.',
    advice: 'Find out which program wrote it, and what it does with such values.',
    cwe: ['CWE-502'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
