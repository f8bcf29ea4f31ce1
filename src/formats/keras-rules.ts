import type { Rule } from '../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

/** Rules on the configuration of Keras models, wherever it stands: `.keras`, HDF5, SavedModel, JSON. */
export const KERAS_RULES = {
  lambda: {
    id: 'keras.lambda',
    title: 'A Keras model that carries code',
    severity: 'high',
    about:
      'A Lambda layer, or a function written as __lambda__, is Python that the model brings itself: marshalled byte code that runs when the model is loaded or used. Loaders of HDF5 files run it even where safe_mode is on, and the version that the file names for itself decides nothing.',
    advice: 'Do not load it. Ask for the model with a registered layer in place of the code.',
    cwe: ['CWE-94', 'CWE-502'],
    ...chain,
    advisories: ['CVE-2024-3660', 'CVE-2025-9905', 'CVE-2025-9906'],
  },
  object: {
    id: 'keras.dangerous-object',
    title: 'A Keras configuration that names a dangerous function or class',
    severity: 'critical',
    about:
      'Keras imports the module that the configuration names and calls what is named in it with the arguments beside it. Here that runs commands, loads other files or code, fetches from the network, or switches the protection off.',
    advice: 'Do not load it, with safe_mode or without.',
    cwe: ['CWE-470', 'CWE-502', 'CWE-94'],
    ...chain,
    advisories: ['CVE-2025-1550', 'CVE-2025-8747', 'CVE-2025-9906', 'CVE-2025-12060'],
  },
  foreign: {
    id: 'keras.foreign-module',
    title: 'A Keras configuration that names a module of elsewhere',
    severity: 'medium',
    about:
      'The configuration names a module that is no part of Keras and that nobody has looked at, or a function of Keras that is no activation, loss or the like. It is imported when the model is loaded.',
    advice: 'Look at the module, or ask for a model whose own layers are registered by name.',
    cwe: ['CWE-470', 'CWE-829'],
    ...chain,
    advisories: ['CVE-2025-1550'],
  },
  custom: {
    id: 'keras.custom-object',
    title: 'A Keras model that needs code of its own',
    severity: 'low',
    about:
      'The model has a layer or function that Keras does not have. It loads only where whoever loads it has registered that code before.',
    advice: 'Read the code that comes with the model before you register it.',
    cwe: ['CWE-829'],
    ...chain,
  },
  saved: {
    id: 'keras.external-model',
    title: 'A Keras layer that loads another model or a pickle',
    severity: 'high',
    about:
      'The layer loads a SavedModel, a hub module or pickled PyTorch code by what the configuration says: a graph that reads and writes files, or a pickle that runs. It is loaded with the model, whatever safe_mode says in some versions.',
    advice: 'Do not load it. Ask for the model without the layer, and scan what it loads.',
    cwe: ['CWE-829', 'CWE-502'],
    ...chain,
    advisories: ['CVE-2025-49655', 'CVE-2026-1462'],
  },
  file: {
    id: 'keras.external-file',
    title: 'A Keras configuration that reads a file or an address',
    severity: 'high',
    about:
      'A look-up layer takes its vocabulary from a file or an address that the configuration names. Whoever loads the model reads that file, or sends a request: what is in it can be asked back out of the layer.',
    advice: 'Do not load it. Vocabularies of honest models are lists, or files of the archive itself.',
    cwe: ['CWE-73', 'CWE-22', 'CWE-918'],
    ...chain,
    advisories: ['CVE-2025-12058', 'CVE-2025-12060'],
  },
} as const satisfies Record<string, Rule>;
