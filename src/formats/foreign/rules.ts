import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

/** Rules on models of other languages and of programs. */
export const FOREIGN_RULES = {
  lua: {
    id: 'torch7.function',
    title: 'A Torch7 file with a function in it',
    severity: 'high',
    about:
      'Torch7 writes functions of Lua as bytecode, and loads them with loadstring. Bytecode is not checked by Lua: it can do whatever the process may. Layers are made of tensors and tables; they need no functions.',
    advice: 'Do not load it. Convert the model where nothing can happen.',
    cwe: ['CWE-502', 'CWE-94'],
    ...chain,
  },
  torchClass: {
    id: 'torch7.unknown-class',
    title: 'A Torch7 file with a class that nobody has looked at',
    severity: 'low',
    about:
      'An object is of a class of neither torch, nn nor the packages around them: its own code reads it.',
    advice: 'Look at the class before you load the file.',
    cwe: ['CWE-502'],
    ...chain,
  },
  java: {
    id: 'java.serialized',
    title: 'A file of serialised Java objects',
    severity: 'medium',
    about:
      'Reading it makes whatever objects it names and runs their own methods of reading, before anybody sees what it is (Weka, DL4J, H2O, Spark and JPMML write such files). Whether that does harm depends on the classes that the reader has.',
    advice: 'Read it with a filter of classes (JEP 290) only, or ask for PMML, ONNX or MOJO.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2015-7501'],
  },
  gadget: {
    id: 'java.gadget',
    title: 'Serialised Java objects that run code',
    severity: 'critical',
    about:
      'The file names classes that are known for running code when they are read (ysoserial). No model is made of them.',
    advice: 'Do not read it.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2015-7501', 'CVE-2015-4852'],
  },
  marshal: {
    id: 'foreign.marshal',
    title: 'Objects of another language, which reading brings to life',
    severity: 'medium',
    about:
      'The file is written by the marshalling of PHP, Ruby or .NET. Reading makes the objects that it names, and runs what they do when they are made. It was not read.',
    advice: 'Do not read it with unserialize, Marshal.load or BinaryFormatter.',
    cwe: ['CWE-502'],
    ...chain,
  },
  llamafile: {
    id: 'llamafile.program',
    title: 'A llamafile: a program and a model in one file',
    severity: 'medium',
    about:
      'The file is a program for several systems at once with the weights behind it. Whoever starts it trusts whoever built it. The weights within are read as what they are; the machine code is not.',
    advice:
      'Take the GGUF file out of it and run it with a llama.cpp of yours, or check its digest with whom it comes from.',
    cwe: ['CWE-829'],
    ...chain,
  },
  matlab: {
    id: 'matlab.objects',
    title: 'A MATLAB file with functions or objects',
    severity: 'low',
    about:
      'It holds handles of functions or objects: loading them may call code of the class that they are of (loadobj), where MATLAB finds such a class.',
    advice: 'Load it with a reader of numbers only, as SciPy is.',
    cwe: ['CWE-502'],
    ...chain,
  },
  unread: {
    id: 'foreign.unread',
    title: 'A model of a kind that is known and not read',
    severity: 'low',
    about:
      'What it is is known by its beginning; how it is built is not public, or nobody has written a reader here. Nothing of it was read.',
    advice:
      'Ask for the model in another format, or allow it by its digest in the scan policy, with a reason.',
    cwe: ['CWE-693'],
    ...chain,
  },
  python: {
    id: 'caffe.python-layer',
    title: 'A Caffe model with a layer in Python',
    severity: 'high',
    about:
      'The layer names a module of Python, which Caffe imports when the network is built, and a class in it, which it calls.',
    advice: 'Read the module. Take it from where its makers publish it, not from beside the model.',
    cwe: ['CWE-829', 'CWE-470'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
