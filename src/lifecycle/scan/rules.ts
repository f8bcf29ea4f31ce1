import type { Rule } from '../../findings/rule.ts';

const deserialisation = {
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

/** Rules of the scanner itself, for files of any format. */
export const FILE_RULES = {
  unknown: {
    id: 'file.unknown',
    title: 'A file that no reader knows',
    severity: 'low',
    about:
      'Nothing in the content says what this is, so nothing of it was read. A loader that knows it may run what is in it. Under the name of a format that has a beginning of its own it is not that, and counts for more.',
    advice:
      'Remove the file if the model does not need it, or allow it by its digest in the scan policy, with a reason.',
    cwe: ['CWE-693'],
    ...deserialisation,
  },
  misnamed: {
    id: 'file.misnamed',
    title: 'A text under the name of a model',
    severity: 'medium',
    about:
      'The name says that it is a pickle, an archive or weights, and there is but text in it: a page of errors that was saved as a model, or something that another program turns into a model first, so that nobody sees it before.',
    advice: 'Get the file again from where it comes from, or look at what reads it.',
    cwe: ['CWE-436'],
    ...deserialisation,
  },
  malformed: {
    id: 'file.malformed',
    title: 'A file that is not what it says it is',
    severity: 'medium',
    about:
      'The content begins like a format and then breaks its rules. Loaders differ in what they make of such a file: scanners have been led past it, and some loaders run what came before the break.',
    advice: 'Get the file again from where it comes from and compare digests. Do not load it as it is.',
    cwe: ['CWE-20', 'CWE-436'],
    ...deserialisation,
    advisories: ['CVE-2025-1944', 'CVE-2025-1945', 'CVE-2025-10156'],
  },
  polyglot: {
    id: 'file.polyglot',
    title: 'A file that is of two formats at once',
    severity: 'high',
    about:
      'Which of the two is loaded depends on who loads it. There is no honest reason to make such a file by accident.',
    advice: 'Ask whoever made it for a file of one format.',
    cwe: ['CWE-436'],
    ...deserialisation,
  },
  deep: {
    id: 'file.too-deep',
    title: 'Archives in archives, deeper than any model needs',
    severity: 'medium',
    about: 'What lies deeper was not read. Nesting is a way to tire scanners out.',
    advice: 'Unpack it and scan what is inside, or do not use it.',
    cwe: ['CWE-674'],
    ...deserialisation,
  },
  bomb: {
    id: 'file.bomb',
    title: 'A small part that unpacks to an enormous one',
    severity: 'high',
    about: 'Unpacking was stopped at the bound. Whoever loads it fills memory or disk.',
    advice: 'Do not load it.',
    cwe: ['CWE-409'],
    ...deserialisation,
  },
  spent: {
    id: 'file.budget',
    title: 'A file that took too long to read',
    severity: 'medium',
    about: 'The time for one file was over before it was read whole. What was not read is listed.',
    advice: 'Scan it again with a larger --timeout; if it is a small file, treat it as hostile.',
    cwe: ['CWE-400'],
    ...deserialisation,
  },
  unreadable: {
    id: 'file.unreadable',
    title: 'A file that could not be read',
    severity: 'low',
    about:
      'It is there, and nothing is known of it: it may be opened by others only, be no file, or have changed meanwhile.',
    advice: 'Scan it where it can be read, or remove it.',
    cwe: ['CWE-693'],
    ...deserialisation,
  },
  outside: {
    id: 'file.link-outside',
    title: 'A link that leads out of the folder',
    severity: 'low',
    about:
      'What it leads to was read as if it stood here. Caches of models are made of such links; in a folder that somebody sent, a link may lead to files of yours that are then packed up or sent on.',
    advice: 'Check where it leads, or copy the file to its place.',
    cwe: ['CWE-59'],
    ...deserialisation,
  },
  secret: {
    id: 'text.secret',
    title: 'A key, token or password in a text',
    severity: 'medium',
    about:
      'Whoever has the file has the secret. Keys that were left in the repositories of models have been used to change other models of the same owner.',
    advice: 'Revoke the secret with whoever issued it, then remove it; its history has it too.',
    cwe: ['CWE-798'],
    owasp: ['LLM02:2025', 'ML06:2023'],
    atlas: ['AML.T0055'],
  },
  instructions: {
    id: 'text.hidden-instructions',
    title: 'Instructions in what a model is told',
    severity: 'medium',
    about:
      'A chat template or a stored prompt is told to the model with every request, and nobody reads it. One that says to ignore the user, to recommend something or to send something away is a backdoor without code.',
    advice: 'Read the text. Take the template from the makers of the base model.',
    cwe: ['CWE-1427'],
    owasp: ['LLM01:2025', 'LLM03:2025'],
    atlas: ['AML.T0051.001', 'AML.T0010.003'],
  },
  crash: {
    id: 'file.reader-failed',
    title: 'A reader failed on a file',
    severity: 'medium',
    about: 'A mistake of ours: the reader of a format broke. What it did not read counts as not read.',
    advice: 'Treat the file as not decided, and please report it (SECURITY.md).',
    cwe: ['CWE-755'],
    ...deserialisation,
  },
} as const satisfies Record<string, Rule>;
