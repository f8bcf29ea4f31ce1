import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;
const advisories = ['CVE-2025-54412', 'CVE-2025-54413', 'CVE-2025-54886'];

export const SKOPS_RULES = {
  dangerous: {
    id: 'skops.dangerous-type',
    title: 'A skops file that makes or calls what does harm',
    severity: 'critical',
    about:
      'The schema of the file names a function or a class that starts programs, runs code or reaches files. Where the reader trusts the types that a file names, it is called.',
    advice: 'Do not load it, and do not add the type to the trusted ones.',
    cwe: ['CWE-502', 'CWE-470'],
    ...chain,
    advisories,
  },
  unknown: {
    id: 'skops.unknown-type',
    title: 'A skops file with a type that nobody has looked at',
    severity: 'medium',
    about:
      'The schema names a class or a function that is neither among those that were looked at nor known to do harm. Loading makes or calls it once it is trusted.',
    advice: 'Look at what it names; then allow it in the scan policy, with a reason.',
    cwe: ['CWE-502'],
    ...chain,
    advisories,
  },
  node: {
    id: 'skops.crafted-node',
    title: 'A skops file with a node that skops does not write',
    severity: 'high',
    about:
      'A node says that it is of one type and is loaded as another, or takes a method or an operator by name. In skops before 0.12 what was checked was not what was called.',
    advice: 'Do not load it. Have the model saved anew with a current skops.',
    cwe: ['CWE-351', 'CWE-502'],
    ...chain,
    advisories,
  },
} as const satisfies Record<string, Rule>;
