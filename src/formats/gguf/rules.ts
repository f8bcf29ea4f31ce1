import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003'] } as const;

export const GGUF_RULES = {
  bounds: {
    id: 'gguf.bounds',
    title: 'A GGUF file whose numbers do not fit it',
    severity: 'high',
    about:
      'Counts, lengths, dimensions or offsets point beyond the file, or multiply beyond what fits. Readers written in C have been made to write outside of their memory by such files.',
    advice: 'Do not load it. Get the file again from where it comes from.',
    cwe: ['CWE-190', 'CWE-787', 'CWE-125'],
    ...chain,
    advisories: ['CVE-2024-21802', 'CVE-2024-23496', 'CVE-2024-23605', 'CVE-2024-25664', 'CVE-2025-53630'],
  },
  overlap: {
    id: 'gguf.overlap',
    title: 'Tensors that share bytes',
    severity: 'medium',
    about:
      'Two tensors lie over one another. No writer does that; what is checked in one is changed in the other.',
    advice: 'Get the file again from where it comes from.',
    cwe: ['CWE-436'],
    ...chain,
  },
  hidden: {
    id: 'gguf.hidden-data',
    title: 'Bytes that belong to no tensor',
    severity: 'medium',
    about: 'Between tensors or behind the last there are bytes that are no padding: a place to hide things.',
    advice: 'Ask what the data is, or convert the model again.',
    cwe: ['CWE-506'],
    ...chain,
  },
  code: {
    id: 'gguf.code-in-metadata',
    title: 'Code in the metadata of a GGUF file',
    severity: 'medium',
    about:
      'A value of the metadata that is no template imports a module, runs a command or decodes something. No loader has use for that; whoever put it there counts on one that evaluates it.',
    advice: 'Ask where the text comes from, and load the file with a runtime that evaluates none.',
    cwe: ['CWE-94', 'CWE-506'],
    ...chain,
  },
  twice: {
    id: 'gguf.duplicate-name',
    title: 'A name that stands twice',
    severity: 'medium',
    about: 'A key of the metadata or a tensor stands twice: readers differ in which of the two they take.',
    advice: 'Get the file again from where it comes from.',
    cwe: ['CWE-436'],
    ...chain,
  },
  type: {
    id: 'gguf.unknown-type',
    title: 'Tensors of a type that nobody knows here',
    severity: 'low',
    about: 'The type of a tensor is newer than this reader, so its length could not be checked.',
    advice: 'Update Gatehouse, or check where the file comes from.',
    cwe: ['CWE-20'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
