import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003'] } as const;

/** Rules on pictures, sounds, tables and documents that lie beside models. */
export const MEDIA_RULES = {
  trailing: {
    id: 'media.trailing',
    title: 'Something behind the end of a picture, a sound or a table',
    severity: 'medium',
    about:
      'Programs that show the file stop at its end. What is appended is not seen, and is there for somebody who knows: payloads of malicious models have been carried in pictures.',
    advice: 'Save the picture anew with a program of yours, or remove it.',
    cwe: ['CWE-506', 'CWE-436'],
    ...chain,
  },
  broken: {
    id: 'media.broken',
    title: 'A picture, a sound or a table that breaks off',
    severity: 'low',
    about:
      'Its parts do not fit together, or it ends too early. Programs show it as far as it goes. What is behind the break was not understood.',
    advice: 'Get the file again, or remove it.',
    cwe: ['CWE-20'],
    ...chain,
  },
  active: {
    id: 'media.active-content',
    title: 'A document that does something when it is opened',
    severity: 'low',
    about:
      'The document runs JavaScript, starts a program, sends a form or carries files. Nothing of it runs when the model is loaded; a person who opens it may be harmed.',
    advice: 'Open it in a viewer without scripts, or not at all.',
    cwe: ['CWE-506'],
    ...chain,
  },
  arrow: {
    id: 'arrow.pickled-type',
    title: 'A table with a type that is a pickle',
    severity: 'critical',
    about:
      'The schema has an extension type of Python (arrow.py_extension_type), which PyArrow before 14.0.1 unpickles as soon as the table is read. A table has no use for it.',
    advice: 'Do not read it. Ask for a table of plain types.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2023-47248'],
  },
  pointer: {
    id: 'repo.lfs-pointer',
    title: 'A pointer of Git LFS in place of a file',
    severity: 'low',
    about:
      'Where the file should be there is a note that says where Git LFS keeps it. The file itself was not fetched, so it was not scanned.',
    advice: 'Fetch the file (git lfs pull), and scan again.',
    cwe: ['CWE-693'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
