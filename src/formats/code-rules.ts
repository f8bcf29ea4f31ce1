import type { Rule } from '../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.001', 'AML.T0011.000'] } as const;

/** Rules on code beside models, in files of its own and in notebooks. */
export const CODE_RULES = {
  runs: {
    id: 'code.runs-command',
    title: 'Code beside a model that runs commands',
    severity: 'medium',
    about:
      'The code starts another program. Where it does so on import, it runs as soon as the model is loaded with its own code; the code of models has little reason to.',
    advice: 'Read the code. Load the model without its code, or not at all.',
    cwe: ['CWE-78', 'CWE-506'],
    ...chain,
  },
  shell: {
    id: 'code.hostile-command',
    title: 'A command that fetches and runs, or opens a way in',
    severity: 'critical',
    about:
      'A shell command downloads something and runs it, decodes hidden text into a shell, or connects a shell to the network.',
    advice: 'Do not run it. Whoever wrote it meant harm.',
    cwe: ['CWE-506'],
    ...chain,
  },
  dynamic: {
    id: 'code.hidden-code',
    title: 'Code that runs code made from data',
    severity: 'medium',
    about:
      'The code builds other code and runs it: exec, marshal, pickle or a loaded library. Where the data is decoded first, it was hidden on purpose.',
    advice: 'Read what is run. Do not import the file before.',
    cwe: ['CWE-95', 'CWE-506'],
    ...chain,
  },
  network: {
    id: 'code.network-on-import',
    title: 'Code that connects to the network when it is imported',
    severity: 'medium',
    about:
      'Importing a model’s code should compute nothing but classes. This connects somewhere: to fetch, or to tell.',
    advice: 'Read where it connects to, and with what.',
    cwe: ['CWE-506'],
    ...chain,
  },
  sends: {
    id: 'code.sends-secrets',
    title: 'Code that sends secrets of the machine away',
    severity: 'high',
    about:
      'The code gives variables of the environment, keys or files of passwords to a call that goes to the network. The tokens of whoever loads the model are in them.',
    advice: 'Do not run it. Where it has run, change every key that the process could read.',
    cwe: ['CWE-200', 'CWE-506'],
    ...chain,
  },
  persists: {
    id: 'code.persists',
    title: 'Code that reaches for what the system runs by itself',
    severity: 'medium',
    about:
      'The code names the start-up file of a shell or of Python, a table of timed commands, or the list of keys that may log in. Whoever writes there is run again, or let in, after the model is gone.',
    advice: 'Do not run it. Where it has run, compare those files with a copy from before.',
    cwe: ['CWE-506'],
    ...chain,
  },
  requirement: {
    id: 'repo.requirement-source',
    title: 'A requirement from elsewhere than the usual index',
    severity: 'medium',
    about:
      'The requirements name another index, an address, a repository or a folder. Whoever controls it controls what is installed; a second index is how packages with private names are swapped (dependency confusion).',
    advice: 'Install from one index that you trust, with versions and digests.',
    cwe: ['CWE-829', 'CWE-427'],
    ...chain,
  },
  install: {
    id: 'repo.install-hook',
    title: 'An installation that runs code of its own',
    severity: 'medium',
    about:
      'The set-up replaces the command install, build or develop with its own class: it runs when the package is installed.',
    advice: 'Read the class. Install from a wheel instead.',
    cwe: ['CWE-506'],
    ...chain,
  },
  selfRuns: {
    id: 'repo.runs-by-itself',
    title: 'A file that a tool runs by itself',
    severity: 'medium',
    about:
      'Some files are run by whoever opens the folder, starts Python or R in it, or fetches it with git: nobody has to load the model. Start-up files, hooks, tasks of an editor and filters of git have no place beside a model.',
    advice: 'Remove the file before you open the folder with any tool. Read what it runs.',
    cwe: ['CWE-829', 'CWE-506'],
    ...chain,
  },
  active: {
    id: 'text.active-content',
    title: 'Markup that does something when it is shown',
    severity: 'medium',
    about:
      'A page, a card or the output of a notebook has a script or a handler in it that talks to an address, reads what only its viewer should have, or runs code in the notebook. It runs when somebody looks at it.',
    advice: 'Do not open it in a browser or a notebook that trusts it. Remove the markup.',
    cwe: ['CWE-79', 'CWE-506'],
    ...chain,
  },
  disguise: {
    id: 'text.hidden-characters',
    title: 'Characters that make a text look like another',
    severity: 'medium',
    about:
      'Characters that are not seen carry text (tags, runs of blanks of no width), or turn the order of what is seen around. What people read is not what programs and models read.',
    advice: 'Look at the file with an editor that shows every character. Remove them.',
    cwe: ['CWE-1007', 'CWE-451'],
    ...chain,
    advisories: ['CVE-2021-42574'],
  },
  host: {
    id: 'repo.host-access',
    title: 'A container that is given the machine it runs on',
    severity: 'medium',
    about:
      'The set-up mounts the root of the machine, or the socket of its container engine: what runs in the container can do anything outside of it.',
    advice: 'Start the container without these. A model needs a folder of its own.',
    cwe: ['CWE-250'],
    ...chain,
  },
  unfolds: {
    id: 'yaml.expansion',
    title: 'YAML that unfolds to an enormous one',
    severity: 'high',
    about:
      'Names for parts, in parts with names: whoever copies or writes out what was read fills memory (as the “billion laughs” of XML).',
    advice: 'Do not load it.',
    cwe: ['CWE-776'],
    ...chain,
  },
  tag: {
    id: 'yaml.python-object',
    title: 'YAML that makes Python objects',
    severity: 'high',
    about:
      'A tag such as !!python/object/apply calls what it names when the file is read by an unsafe loader.',
    advice: 'Do not read it with yaml.load; do not use it.',
    cwe: ['CWE-502'],
    ...chain,
    advisories: ['CVE-2020-14343'],
  },
} as const satisfies Record<string, Rule>;
