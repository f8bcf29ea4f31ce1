import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const HDF5_RULES = {
  external: {
    id: 'hdf5.external-link',
    title: 'An HDF5 file that leads to other files',
    severity: 'high',
    about:
      'A link, or a virtual dataset, names another file. Whoever opens the model opens that file, too: what looks like weights of the model is read from somewhere on their machine or their network.',
    advice: 'Do not load it. Weights of honest models are in the file itself.',
    cwe: ['CWE-73', 'CWE-59'],
    ...chain,
  },
  storage: {
    id: 'hdf5.external-storage',
    title: 'An HDF5 dataset whose bytes are those of another file',
    severity: 'high',
    about:
      'The dataset has its raw bytes in a file that is named, of any kind: a key, a list of passwords. Whoever loads the model reads it into a weight, and gives it away when the model is saved or answers.',
    advice: 'Do not load it.',
    cwe: ['CWE-73', 'CWE-22', 'CWE-200'],
    ...chain,
  },
  filter: {
    id: 'hdf5.unknown-filter',
    title: 'An HDF5 dataset that needs a plug-in to be read',
    severity: 'low',
    about:
      'The data is compressed by a filter that is not registered, or that HDF5 itself does not have. The library looks for a plug-in of that number in a folder and loads it as a program.',
    advice: 'Ask for the file with an ordinary filter (gzip), or look at the plug-in.',
    cwe: ['CWE-829'],
    ...chain,
  },
  link: {
    id: 'hdf5.user-link',
    title: 'An HDF5 link of a kind of its own',
    severity: 'medium',
    about:
      'The link is of a class that only a program which registered it can follow. What it leads to is not known.',
    advice: 'Ask for a file without such links.',
    cwe: ['CWE-829'],
    ...chain,
  },
  unread: {
    id: 'hdf5.unread-message',
    title: 'A part of an HDF5 file that is not read',
    severity: 'medium',
    about:
      'A message of an object is shared from, or kept in, a structure that is not read here, so nobody knows what is in it. Libraries of weights write no such thing.',
    advice: 'Repack the file with h5repack and scan it again.',
    cwe: ['CWE-693'],
    ...chain,
  },
  appended: {
    id: 'hdf5.appended-data',
    title: 'Bytes behind the end of an HDF5 file',
    severity: 'medium',
    about:
      'The file says where it ends, and goes on behind. HDF5 does not look there: it is where something else is hidden, or a second file for other readers. It was scanned as a file of its own.',
    advice: 'Get the file again from where it comes from and compare digests.',
    cwe: ['CWE-436'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
