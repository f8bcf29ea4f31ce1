import type { Rule } from '../../findings/rule.ts';

const provenance = {
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003'],
} as const;

/** Rules of the gate: what a signature has to say before a model passes. No scan policy excuses them. */
export const GATE_RULES = {
  unsigned: {
    id: 'gate.unsigned',
    title: 'A model that nobody signed',
    severity: 'high',
    about:
      'There is no signature where one should be, so nothing says who vouches for these files, or whether they are those that somebody vouched for.',
    advice:
      'Sign the model with "gatehouse sign" where it is made; or name where the signature lies with --signature.',
    cwe: ['CWE-345', 'CWE-347'],
    ...provenance,
  },
  signature: {
    id: 'gate.signature',
    title: 'A signature that does not hold',
    severity: 'critical',
    about:
      'There is a signature, and it is not taken: the bytes are not those that were signed, somebody else signed than the trust policy names, a certificate or a proof does not hold, or it cannot be read at all.',
    advice:
      'Get the model and its signature again from whoever makes it. If the signer has changed, change the trust policy, in review.',
    cwe: ['CWE-347', 'CWE-295'],
    ...provenance,
  },
  fileUnsigned: {
    id: 'gate.file-unsigned',
    title: 'A file beside a signed model that nobody signed',
    severity: 'high',
    about:
      'The signature says nothing of this file, and it lies where loaders look: an added module, tokenizer or second set of weights is loaded with the model.',
    advice: 'Remove the file, or have the model signed again with it.',
    cwe: ['CWE-345', 'CWE-427'],
    ...provenance,
  },
  fileChanged: {
    id: 'gate.file-changed',
    title: 'A file that is not as it was signed',
    severity: 'critical',
    about: 'Its bytes are others than those that were signed, or they changed while they were read.',
    advice:
      'Get the file again from where it comes from. If the change is meant, have the model signed again.',
    cwe: ['CWE-353', 'CWE-354'],
    ...provenance,
  },
  fileMissing: {
    id: 'gate.file-missing',
    title: 'A signed file that is not there',
    severity: 'medium',
    about:
      'Somebody signed the model with this file. Without it the model is another one: a loader may fall back to another format or to defaults.',
    advice: 'Get the file from where the model comes from, or have the model signed without it.',
    cwe: ['CWE-353'],
    ...provenance,
  },
  scanMissing: {
    id: 'gate.scan-missing',
    title: 'A signed model without a scan that holds',
    severity: 'medium',
    about:
      'The signed result of a scan is asked for, and there is none by somebody who is trusted, it is of another state of the model, or it is not clean; or a signed file lies where no scan looks.',
    advice:
      'Have the model signed by "gatehouse sign", which scans it first; or let the gate scan it itself.',
    cwe: ['CWE-693'],
    ...provenance,
  },
} as const satisfies Record<string, Rule>;
