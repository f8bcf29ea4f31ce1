import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

export const PADDLE_RULES = {
  code: {
    id: 'paddle.code-operator',
    title: 'A PaddlePaddle program that runs code',
    severity: 'high',
    about:
      'An operator of the program calls Python or an engine of its own, or sends work to another machine.',
    advice: 'Do not load it.',
    cwe: ['CWE-94', 'CWE-829'],
    ...chain,
  },
  file: {
    id: 'paddle.file-operator',
    title: 'A PaddlePaddle program that reads or writes files',
    severity: 'high',
    about:
      'An operator of the program opens a file by a name that stands in it, when the program runs. Programs for inference have no use for that: their parameters are loaded beforehand.',
    advice: 'Do not load it. Export the model again for inference.',
    cwe: ['CWE-73', 'CWE-506'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
