import type { Rule } from '../../findings/rule.ts';

const deserialisation = {
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

export const PICKLE_RULES = {
  dangerousCall: {
    id: 'pickle.dangerous-call',
    title: 'A pickle that runs what does harm',
    severity: 'critical',
    about:
      'Loading a pickle runs the calls that are written in it. This one calls something that starts programs, runs code, reads or writes files, talks to the network, or leads to such things. It happens as soon as the file is loaded, before anything of the model is used.',
    advice:
      'Do not load the file. Ask its source for safetensors, and look at where the file came from: a model has no use for such a call.',
    cwe: ['CWE-502', 'CWE-94'],
    ...deserialisation,
    advisories: ['CVE-2025-1716', 'CVE-2022-45907', 'CVE-2019-6446', 'CVE-2020-13092'],
  },
  dangerousImport: {
    id: 'pickle.dangerous-import',
    title: 'A pickle that takes what does harm',
    severity: 'high',
    about:
      'The pickle imports something that can do harm, without calling it by itself. It may be handed to what does call it, or stay in an object that is called later, when the model is used.',
    advice: 'Do not load the file unless you know why it holds this.',
    cwe: ['CWE-502', 'CWE-829'],
    ...deserialisation,
  },
  unknownCall: {
    id: 'pickle.unknown-call',
    title: 'A pickle that calls what nobody has looked at',
    severity: 'medium',
    about:
      'The pickle calls something that is neither on the list of what was looked at and found harmless, nor known to do harm. It may be a class of the program that made the file, or a way round a list.',
    advice:
      'Look at what it names. If it is yours, or harmless whatever it is called with, add it to the scan policy with a reason and a date.',
    cwe: ['CWE-502'],
    ...deserialisation,
    advisories: ['CVE-2025-10157', 'CVE-2026-56315'],
  },
  unknownImport: {
    id: 'pickle.unknown-import',
    title: 'A pickle that imports what nobody has looked at',
    severity: 'medium',
    about:
      'The pickle imports something that is not on the list of what was looked at. Importing runs the code of the module, and what is imported may be used later.',
    advice: 'Look at what it names, and add it to the scan policy if it is harmless.',
    cwe: ['CWE-502', 'CWE-829'],
    ...deserialisation,
  },
  unresolved: {
    id: 'pickle.unresolved',
    title: 'A pickle that hides what it calls',
    severity: 'high',
    about:
      'What is imported or called is put together while the pickle runs, so that the file does not say it. No pickler writes such a thing; it is done to lead scanners past.',
    advice: 'Do not load the file.',
    cwe: ['CWE-502', 'CWE-506'],
    ...deserialisation,
  },
  patch: {
    id: 'pickle.patch',
    title: 'A pickle that changes classes, functions or modules',
    severity: 'high',
    about:
      'Loading it changes something that the whole program uses, or gives an object a method that runs by itself. What harmless parts then do together is no longer harmless.',
    advice: 'Do not load the file.',
    cwe: ['CWE-502', 'CWE-915'],
    ...deserialisation,
  },
  evaluated: {
    id: 'pickle.evaluated',
    title: 'A pickle whose objects run text as code',
    severity: 'high',
    about:
      'A class of a well-known library runs a text of its state as Python when it is loaded. In this file the text is not what the library writes.',
    advice: 'Do not load the file.',
    cwe: ['CWE-502', 'CWE-95'],
    ...deserialisation,
  },
  exhausting: {
    id: 'pickle.exhausting',
    title: 'A pickle that fills memory or never ends',
    severity: 'high',
    about:
      'A few bytes of it make whoever loads it ask for all memory there is, or work without end. Everything a real model needs stands in its file.',
    advice: 'Do not load the file.',
    cwe: ['CWE-502', 'CWE-400', 'CWE-789'],
    ...deserialisation,
  },
  beside: {
    id: 'pickle.beside',
    title: 'A pickle with parts in files beside it',
    severity: 'note',
    about:
      'joblib before 0.10 wrote each array into a file of its own, and loads those with the pickle: as pickles too, where they hold objects.',
    advice: 'Scan the files beside it together with it.',
    cwe: ['CWE-502'],
    ...deserialisation,
  },
  extension: {
    id: 'pickle.extension',
    title: 'A pickle that takes things by number',
    severity: 'medium',
    about:
      'Extension codes stand for whatever the loading program has registered under a number (PEP 307). What this is cannot be told from the file.',
    advice: 'Find out what the number stands for in the program that loads the file.',
    cwe: ['CWE-502'],
    ...deserialisation,
  },
  broken: {
    id: 'pickle.broken',
    title: 'A pickle that breaks off',
    severity: 'medium',
    about:
      'Loading it ends in an error. What came before has run by then: malicious files are broken on purpose, because some scanners give up on them and find nothing.',
    advice: 'Get the file again and compare digests. Do not load it as it is.',
    cwe: ['CWE-502', 'CWE-754'],
    ...deserialisation,
  },
  trailing: {
    id: 'pickle.trailing',
    title: 'Something before or after a pickle',
    severity: 'medium',
    about:
      'Before or behind the pickle there are bytes that are no pickle and that no known library puts there. A loader that goes on, or begins elsewhere, sees another file than you do.',
    advice: 'Ask whoever made the file what it is.',
    cwe: ['CWE-436'],
    ...deserialisation,
    advisories: ['CVE-2025-10155'],
  },
  hidden: {
    id: 'pickle.hidden',
    title: 'A pickle where it is not looked for',
    severity: 'high',
    about:
      'Within bytes that are no pickle, or that count as the numbers of an array, there is one that calls something. Who loads the file in another way runs it.',
    advice: 'Do not load the file.',
    cwe: ['CWE-436', 'CWE-506'],
    ...deserialisation,
  },
  bounds: {
    id: 'pickle.bounds',
    title: 'A pickle beyond the bounds of real ones',
    severity: 'medium',
    about:
      'It needs so much memory or names so many things that it was not read further: it is made to tire readers out.',
    advice: 'Treat it as hostile unless you know what made it.',
    cwe: ['CWE-400'],
    ...deserialisation,
  },
} as const satisfies Record<string, Rule>;
