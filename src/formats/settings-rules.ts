import type { Rule } from '../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

/** Rules on the settings of model repositories. */
export const SETTINGS_RULES = {
  remoteCode: {
    id: 'repo.remote-code',
    title: 'Settings that fetch code from another repository',
    severity: 'high',
    about:
      'The settings name a class of another repository (owner/name--module.Class), or a kernel or pipeline that is fetched from a hub. Whoever loads the model with trust_remote_code runs what that repository has today, not what was looked at.',
    advice:
      'Do not load it with remote code. Copy the code into the repository, read it, and pin its revision.',
    cwe: ['CWE-829', 'CWE-494'],
    ...chain,
  },
  customCode: {
    id: 'repo.custom-code',
    title: 'Settings that name code of the repository',
    severity: 'medium',
    about:
      'The settings name a module that comes along, or one of no library that is known, and the loader imports it: with trust_remote_code, and some loaders without. The files are scanned as files of their own; this says that they run.',
    advice: 'Read the code, or load the model without trust_remote_code.',
    cwe: ['CWE-829'],
    ...chain,
  },
  trustRemote: {
    id: 'repo.trust-remote-code',
    title: 'Settings that switch on remote code',
    severity: 'medium',
    about:
      'Some servers take trust_remote_code from the settings of the model: then the model decides whether its own code runs.',
    advice: 'Remove the setting. Whoever loads the model decides.',
    cwe: ['CWE-829', 'CWE-15'],
    ...chain,
  },
  outside: {
    id: 'repo.path-outside',
    title: 'Settings that name a file outside of the repository',
    severity: 'high',
    about:
      'An index of shards or another setting names a file by an absolute path, by a path that leads up, or by an address. Loaders that follow it read files of whoever loads the model, or fetch from elsewhere.',
    advice: 'Do not load it. Names of shards have no slashes in them.',
    cwe: ['CWE-22', 'CWE-73'],
    ...chain,
  },
  target: {
    id: 'repo.dangerous-target',
    title: 'Settings that call a dangerous function',
    severity: 'critical',
    about:
      'Hydra, NeMo and others call whatever stands under _target_ with the arguments beside it. Here it is a function that runs commands, loads code or touches files.',
    advice: 'Do not load it.',
    cwe: ['CWE-94', 'CWE-470'],
    ...chain,
    advisories: ['CVE-2025-23304'],
  },
  unknownTarget: {
    id: 'repo.unknown-target',
    title: 'Settings that call something nobody has looked at',
    severity: 'low',
    about:
      'Whatever stands under _target_ is called with the arguments beside it. This one is not in the book of calls.',
    advice: 'Look at what it does; then allow it in the scan policy, with a reason.',
    cwe: ['CWE-470'],
    ...chain,
    advisories: ['CVE-2025-23304'],
  },
  interpolation: {
    id: 'repo.interpolation',
    title: 'Settings that take a value from where they are read',
    severity: 'low',
    about:
      'OmegaConf puts in what an expression such as ${oc.env:NAME} stands for: a variable of whoever loads the model, and with resolvers of its own whatever they compute. A variable with a password then travels with the model; a resolver that evaluates runs code.',
    advice: 'Check which value it is. Load the settings without resolvers that evaluate.',
    cwe: ['CWE-526', 'CWE-95'],
    ...chain,
  },
  handler: {
    id: 'repo.model-handler',
    title: 'An archive that brings the code that serves it',
    severity: 'low',
    about:
      'TorchServe runs the handler that the manifest of the archive names, and installs what its list of requirements says where it is told to. The code is scanned as a file of its own.',
    advice: 'Read the handler, or use one that comes with TorchServe.',
    cwe: ['CWE-829'],
    ...chain,
    advisories: ['CVE-2022-1471', 'CVE-2023-43654'],
  },
  code: {
    id: 'repo.code-in-model',
    title: 'A model of trees with code in it',
    severity: 'medium',
    about:
      'A text of the model looks like a program: an objective or an attribute that somebody evaluates. Trees are made of numbers.',
    advice: 'Read the text. Give objectives of your own to the library yourself.',
    cwe: ['CWE-94', 'CWE-506'],
    ...chain,
  },
  twice: {
    id: 'repo.duplicate-key',
    title: 'A name that stands twice in one object',
    severity: 'medium',
    about:
      'Some parsers take the first, some the last. What a scanner reads is then not what a loader reads. No program writes such a file.',
    advice: 'Do not load it. Get the file again from where it comes from.',
    cwe: ['CWE-436'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
