import type { Format } from '../format.ts';
import { readGguf } from './read.ts';
import { GGUF_RULES as RULES } from './rules.ts';
import { gguf as file } from './samples.ts';

/** Weights and metadata for llama.cpp and its kin. */
export const gguf: Format = {
  name: 'gguf',
  title: 'GGUF',
  rules: Object.values(RULES),
  firstBytes: 'G',
  looks: (source) => (source.size >= 8 && source.read(0, 4).join() === '71,71,85,70' ? 'sure' : false),
  read: readGguf,
  proof: {
    catches: [
      {
        name: 'a template that escapes',
        bytes: file({ texts: { 'tokenizer.chat_template': "{{ ''.__class__ }}" } }),
        rules: ['template.escape'],
      },
      {
        name: 'a second template',
        bytes: file({ texts: { 'tokenizer.chat_template.tool_use': '{{ lipsum.__globals__ }}' } }),
        rules: ['template.escape'],
      },
      {
        name: 'code in a value',
        bytes: file({ texts: { 'general.description': "__import__('os').system('id')" } }),
        rules: [RULES.code.id],
      },
      {
        name: 'a template where none belongs',
        bytes: file({ texts: { 'general.description': "{{ ''.__class__.__mro__ }}" } }),
        rules: ['template.code-in-text'],
      },
      {
        name: 'a tensor out of bounds',
        bytes: file({ tensors: [{ name: 'a', dims: [4], type: 0, offset: 64 }], data: 16 }),
        rules: [RULES.bounds.id],
      },
      {
        name: 'dimensions beyond numbers',
        bytes: file({ tensors: [{ name: 'a', dims: [2 ** 40, 2 ** 40], type: 0, offset: 0 }], data: 16 }),
        rules: [RULES.bounds.id],
      },
      {
        name: 'thousands of dimensions',
        bytes: file({ tensors: [{ name: 'a', dims: Array(4096).fill(1), type: 0, offset: 0 }], data: 16 }),
        rules: [RULES.bounds.id],
      },
      {
        name: 'tensors that overlap',
        bytes: file({
          tensors: [
            { name: 'a', dims: [8], type: 0, offset: 0 },
            { name: 'b', dims: [4], type: 0, offset: 0 },
          ],
          data: 32,
        }),
        rules: [RULES.overlap.id],
      },
      {
        name: 'data behind the last',
        bytes: file({ tensors: [{ name: 'a', dims: [8], type: 0, offset: 0 }], data: 99, fill: 7 }),
        rules: [RULES.hidden.id],
      },
      {
        name: 'a tensor twice',
        bytes: file({
          tensors: [
            { name: 'a', dims: [8], type: 0, offset: 0 },
            { name: 'a', dims: [8], type: 0, offset: 32 },
          ],
          data: 64,
        }),
        rules: [RULES.twice.id],
      },
      {
        name: 'an unknown type',
        bytes: file({ tensors: [{ name: 'a', dims: [8], type: 77, offset: 0 }], data: 32 }),
        rules: [RULES.type.id],
      },
      { name: 'a count beyond the file', bytes: file({ claimKeys: 2 ** 50 }), rules: [RULES.bounds.id] },
      { name: 'more tensors than bytes', bytes: file({ claimTensors: 2 ** 40 }), rules: [RULES.bounds.id] },
    ],
    passes: [
      {
        name: 'a model',
        bytes: file({
          texts: { 'general.architecture': 'llama', 'tokenizer.chat_template': '{{ messages[0].content }}' },
          tensors: [
            { name: 'a', dims: [8], type: 0, offset: 0 },
            { name: 'b', dims: [32], type: 8, offset: 32 },
          ],
          data: 66,
        }),
      },
      {
        name: 'padding',
        bytes: file({
          tensors: [
            { name: 'a', dims: [3], type: 0, offset: 0 },
            { name: 'b', dims: [4], type: 0, offset: 32 },
          ],
          data: 64,
        }),
      },
      {
        name: 'a vocabulary',
        bytes: file({ texts: { 'general.architecture': 'bert' }, words: ['[PAD]', 'the'] }),
      },
    ],
  },
};
