import type { Provenance } from '../../exchange/part.ts';
import { fileData, fileId, mediaUrl, soundType } from '../media.ts';
import {
  array,
  bool,
  either,
  type Fields,
  ident,
  jsonText,
  name,
  nullable,
  number,
  object,
  opaque,
  parts,
  required,
  type Shape,
  text,
  toolName,
  tree,
  variant,
} from '../shape.ts';

/** The messages and tools of a chat completion request. */

const textPart = (provenance: Provenance): Fields => ({ text: required(text(provenance, { part: true })) });

/** A string, or parts that the model reads one after the other. */
const content = (provenance: Provenance, more: Readonly<Record<string, Fields>> = {}): Shape =>
  either({
    string: text(provenance),
    array: parts(variant('type', { text: textPart(provenance), ...more })),
  });

const media: Readonly<Record<string, Fields>> = {
  image_url: { image_url: required(object({ url: required(mediaUrl), detail: ident })) },
  input_audio: {
    input_audio: required(
      object({
        data: required(opaque(({ format }) => soundType(format))),
        format: required(ident),
      }),
    ),
  },
  file: {
    file: required(
      object({
        file_data: fileData,
        file_id: fileId,
        filename: ident,
      }),
    ),
  },
};

export const toolCalls = array(
  variant(
    'type',
    {
      function: {
        id: name('other'),
        index: number,
        function: required(
          object({ name: required(toolName('called')), arguments: jsonText('tool-arguments') }),
        ),
      },
      custom: {
        id: name('other'),
        index: number,
        custom: required(object({ name: required(toolName('called')), input: text('tool-arguments') })),
      },
    },
    { absent: 'function' },
  ),
);

/** The function call of 2023, before tools. */
export const functionCall = object({
  name: required(toolName('called')),
  arguments: jsonText('tool-arguments'),
});

const speaker = { name: ident };

export const messages = array(
  variant('role', {
    system: { ...speaker, content: required(content('system')) },
    developer: { ...speaker, content: required(content('system')) },
    user: { ...speaker, content: required(content('user', media)) },
    assistant: {
      ...speaker,
      content: content('assistant', { refusal: { refusal: required(text('assistant', { part: true })) } }),
      refusal: text('assistant'),
      reasoning_content: text('reasoning'),
      reasoning: text('reasoning'),
      tool_calls: toolCalls,
      function_call: functionCall,
      annotations: tree('document'),
      // An earlier answer in sound, which the upstream keeps.
      audio: object({ id: required(fileId) }),
    },
    tool: { ...speaker, content: required(content('tool-result')), tool_call_id: name('other') },
    function: { name: required(name('other')), content: required(nullable(content('tool-result'))) },
  }),
);

const definition = {
  name: required(toolName('declared')),
  description: text('tool-definition'),
};

export const functionDefinition = object({
  ...definition,
  parameters: tree('tool-definition'),
  strict: bool,
});

/** Tools that the client runs. A tool that the upstream would run is no variant here, so it is not passed on. */
export const tools = array(
  variant('type', {
    function: { function: required(functionDefinition) },
    custom: {
      custom: required(
        object({
          ...definition,
          format: variant('type', {
            text: {},
            grammar: {
              grammar: required(
                object({ definition: required(text('tool-definition')), syntax: required(ident) }),
              ),
            },
          }),
        }),
      ),
    },
  }),
);

export const prediction = variant('type', { content: { content: required(content('assistant')) } });
