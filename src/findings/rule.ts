import type { Severity } from './severity.ts';

/** What is looked for, with its page in the documentation. Its id never changes its meaning. */
export interface Rule {
  /** `pickle.dangerous-call`: the format or area, a dot, what it is. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** What it means where this is found, and how it is misused: one or two paragraphs for a person who decides. */
  readonly about: string;
  /** What to do about it. */
  readonly advice: string;
  /** `CWE-502`. */
  readonly cwe?: readonly string[];
  /** OWASP Top 10 for LLM Applications 2025 or Machine Learning Security Top 10: `LLM03:2025`, `ML06:2023`. */
  readonly owasp?: readonly string[];
  /** MITRE ATLAS: `AML.T0011.000`. */
  readonly atlas?: readonly string[];
  /** Advisories that are of this kind: `CVE-2025-1716`. */
  readonly advisories?: readonly string[];
}

/** What a rule is mapped to, by the name of the list; those that it is in. */
export const mappingsOf = ({ cwe = [], owasp = [], atlas = [], advisories = [] }: Rule) =>
  (
    [
      ['CWE', cwe],
      ['OWASP', owasp],
      ['MITRE ATLAS', atlas],
      ['Advisories of this kind', advisories],
    ] as const
  ).filter(([, all]) => all.length > 0);
