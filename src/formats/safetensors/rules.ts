import type { Rule } from '../../findings/rule.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003'] } as const;

export const SAFETENSORS_RULES = {
  header: {
    id: 'safetensors.header',
    title: 'A safetensors header that is not what the format asks for',
    severity: 'medium',
    about:
      'The header has a tensor of an unknown type, with a wrong length, out of bounds, or something that is no tensor. The reference reader refuses such a file; others may read past its end.',
    advice: 'Get the file again from where it comes from.',
    cwe: ['CWE-20', 'CWE-125'],
    ...chain,
  },
  overlap: {
    id: 'safetensors.overlap',
    title: 'Tensors that share bytes',
    severity: 'medium',
    about:
      'Two names stand for the same bytes, or for bytes that overlap. The format forbids it: what one tensor is checked for can be another’s.',
    advice: 'Get the file again from where it comes from.',
    cwe: ['CWE-436'],
    ...chain,
  },
  hidden: {
    id: 'safetensors.hidden-data',
    title: 'Bytes that belong to no tensor',
    severity: 'medium',
    about:
      'Between tensors, or behind the last, there is data that no name stands for. The format forbids it, because it is a place to hide things: another file, a payload for a loader that reads on.',
    advice: 'Ask what the data is, or write the file again from its tensors.',
    cwe: ['CWE-506'],
    ...chain,
  },
  code: {
    id: 'safetensors.code-in-metadata',
    title: 'Code in the metadata of a safetensors file',
    severity: 'medium',
    about:
      'A text of the metadata imports a module, runs a command or decodes something. Nothing of that runs when the file is read as it should be; whoever put it there counts on a loader that evaluates it.',
    advice: 'Ask where the text comes from, and load the file with the reference reader alone.',
    cwe: ['CWE-94', 'CWE-506'],
    ...chain,
  },
  twice: {
    id: 'safetensors.duplicate-name',
    title: 'A name that stands twice in the header',
    severity: 'medium',
    about:
      'Some readers take the first tensor of the name, some the last: what is checked is not what is loaded.',
    advice: 'Get the file again from where it comes from.',
    cwe: ['CWE-436'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;
