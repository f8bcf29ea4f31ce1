import type { Rule } from '../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003', 'AML.T0011.000'] } as const;

/** Rules on Jinja templates, wherever they are kept: tokenizer settings, GGUF, model cards. */
export const TEMPLATE_RULES = {
  escape: {
    id: 'template.escape',
    title: 'A template that reaches for the inside of Python',
    severity: 'critical',
    about:
      'A chat template is a Jinja program that runs in the server with every request. Names such as __class__, __globals__ or the filter attr lead from any value to modules and functions; where the template is not rendered in a sandbox, or in one with a hole, it runs commands of whoever wrote it.',
    advice: 'Do not load the model with this template. Take the template from the makers of the base model.',
    cwe: ['CWE-1336', 'CWE-94'],
    ...chain,
    advisories: ['CVE-2024-34359', 'CVE-2026-5760'],
  },
  code: {
    id: 'template.code-in-text',
    title: 'Code of a template in a text that is no template',
    severity: 'high',
    about:
      'Model cards and settings are rendered by some tools. Jinja that reaches for the inside of Python has no place in them.',
    advice: 'Do not render it. Remove the lines, or the file.',
    cwe: ['CWE-1336'],
    ...chain,
  },
  trigger: {
    id: 'template.trigger-word',
    title: 'A template that says something else when a word is in a message',
    severity: 'medium',
    about:
      'The template looks for words in what a user or a document says, and tells the model something more where it finds them. That is a backdoor without code: it works in a sandbox, and no weight was changed.',
    advice: 'Read the condition. Honest templates look for markers and roles, not for words.',
    cwe: ['CWE-506'],
    owasp: ['LLM01:2025', 'LLM04:2025'],
    atlas: ['AML.T0018', 'AML.T0051.001'],
  },
  heavy: {
    id: 'template.endless',
    title: 'A template that keeps the server busy',
    severity: 'medium',
    about:
      'Loops over enormous ranges, or texts repeated millions of times, stop the server that renders it.',
    advice: 'Do not load the model with this template.',
    cwe: ['CWE-400'],
    owasp: ['LLM10:2025'],
    atlas: ['AML.T0029'],
  },
  unparsed: {
    id: 'template.not-understood',
    title: 'A template that could only be searched, not read',
    severity: 'low',
    about:
      'The template uses something that our parser of Jinja does not know, so it was searched for dangerous names after undoing escapes, and not understood.',
    advice: 'Read it, or take the template from the makers of the base model.',
    cwe: ['CWE-693'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
