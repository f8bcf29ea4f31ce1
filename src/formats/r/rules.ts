import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const R_RULES = {
  promise: {
    id: 'r.promise',
    title: 'An R file with a promise that runs when it is looked at',
    severity: 'high',
    about:
      'A promise is an expression that R evaluates as soon as somebody touches the variable that it stands in. Written into a file by hand it runs code with the first look at what was read; R before 4.4.0 does so without a word. No function that saves models writes one there.',
    advice: 'Do not read it with readRDS or load. Ask for the model in another format.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2024-27322'],
  },
  call: {
    id: 'r.dangerous-call',
    title: 'An R file that calls what does harm',
    severity: 'high',
    about:
      'A function, a formula or an expression in the file starts programs, fetches files or loads machine code. It runs when the model is used, and in a promise or an active binding when it is looked at.',
    advice: 'Do not use the model. What a model needs is numbers.',
    cwe: ['CWE-502', 'CWE-78'],
    ...chain,
    advisories: ['CVE-2024-27322'],
  },
  hook: {
    id: 'r.hook',
    title: 'An R workspace with a function that R calls by itself',
    severity: 'high',
    about:
      'When a workspace is restored R calls .First, and when it ends .Last; a function that is called like an operator or like library is called by the next line that is typed.',
    advice:
      'Do not load it with load, nor as .RData. Load it into an environment of its own if you must, and look at its names.',
    cwe: ['CWE-502', 'CWE-427'],
    ...chain,
  },
  hidden: {
    id: 'r.hidden-call',
    title: 'An R file that runs text as code',
    severity: 'medium',
    about:
      'What is called is made of text when it is called: eval(parse(text = …)), or a name that is put together. The file does not say what it is.',
    advice: 'Read the text. Models do not need this.',
    cwe: ['CWE-95', 'CWE-506'],
    ...chain,
  },
  altrep: {
    id: 'r.foreign-vector',
    title: 'An R vector that a package makes',
    severity: 'medium',
    about:
      'The vector is not in the file: a class of a package makes it when it is read, out of what stands there. The package is loaded for it.',
    advice: 'Find out which package it is, and what it reads.',
    cwe: ['CWE-502', 'CWE-829'],
    ...chain,
  },
  persistent: {
    id: 'r.persistent-name',
    title: 'An R file with names for a hook',
    severity: 'medium',
    about:
      'What stands in its place is made by a function of whoever reads the file, out of a name that the file gives.',
    advice: 'Do not read it with a refhook.',
    cwe: ['CWE-502'],
    ...chain,
  },
  bounds: {
    id: 'r.bounds',
    title: 'An R file that breaks off or whose numbers do not fit it',
    severity: 'medium',
    about:
      'Lengths, types or references are none that R writes. What comes before is read all the same by some readers.',
    advice: 'Get the file again.',
    cwe: ['CWE-20', 'CWE-125'],
    ...chain,
  },
  trailing: {
    id: 'r.trailing',
    title: 'Something behind the end of an R file',
    severity: 'medium',
    about: 'R reads one object and stops. What follows is for somebody who knows.',
    advice: 'Ask whoever made the file what it is.',
    cwe: ['CWE-506'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
