import type { Provenance } from '../../exchange/part.ts';
import { encryptedReasoning, fileId, mediaType, mediaUrl } from '../media.ts';
import {
  array,
  bool,
  count,
  either,
  type Fields,
  ident,
  messagesOf,
  name,
  nullable,
  number,
  object,
  only,
  opaque,
  parts,
  required,
  type Shape,
  signature,
  text,
  toolName,
  tree,
  usually,
  variant,
} from '../shape.ts';

/** Content blocks and tools of a request. A block or tool that is not listed here is not passed on. */

export const cacheControl = object({ type: usually('ephemeral'), ttl: usually('5m', '1h') });
const cached: Fields = { cache_control: cacheControl };

const textBlock = (provenance: Provenance): Fields => ({
  text: required(text(provenance, { part: true })),
  citations: tree('document'),
  ...cached,
});

const bytes: Fields = {
  media_type: required(usually('image/jpeg', 'image/png', 'image/gif', 'image/webp', 'application/pdf')),
  data: required(opaque(({ media_type }) => mediaType(media_type))),
};
const elsewhere: Readonly<Record<string, Fields>> = {
  url: { url: required(mediaUrl) },
  file: { file_id: required(fileId) },
};

const image: Fields = {
  source: required(variant('type', { base64: bytes, ...elsewhere })),
  transformations: tree('other'),
  ...cached,
};

/** A string, or blocks of the kinds given. */
const content = (provenance: Provenance, kinds: Readonly<Record<string, Fields>>, part = false): Shape =>
  either({ string: text(provenance, { part }), array: parts(variant('type', kinds)) });

const citing = object({ enabled: bool });

const document: Fields = {
  source: required(
    variant('type', {
      base64: bytes,
      ...elsewhere,
      text: { media_type: usually('text/plain'), data: required(text('document')) },
      content: { content: required(content('document', { text: textBlock('document'), image })) },
    }),
  ),
  title: text('document'),
  context: text('document'),
  citations: citing,
  ...cached,
};

const searchResult: Fields = {
  source: required(text('document')),
  title: required(text('document')),
  content: required(parts(variant('type', { text: textBlock('document') }))),
  citations: citing,
  ...cached,
};

export const toolUse: Fields = {
  id: required(name('other')),
  name: required(toolName('called')),
  input: required(nullable(tree('tool-arguments'))),
  caller: object({ type: usually('direct'), tool_id: name('other') }),
  toolset_name: ident,
};

/** Its text is signed as it stands. */
export const thinking: Fields = {
  thinking: required(text('reasoning', { fixed: true })),
  signature: signature(),
};
export const redactedThinking: Fields = { data: required(encryptedReasoning) };

const toolResult: Fields = {
  tool_use_id: required(name('other')),
  is_error: bool,
  toolset_name: ident,
  content: content('tool-result', {
    text: textBlock('tool-result'),
    image,
    document,
    search_result: searchResult,
    tool_reference: { tool_name: required(name('other')), ...cached },
    browser_state: { tabs: tree('tool-result'), state_changes: tree('tool-result'), ...cached },
  }),
  ...cached,
};

const blocks = (provenance: Provenance): Shape =>
  content(
    provenance,
    {
      text: textBlock(provenance),
      image,
      document,
      search_result: searchResult,
      tool_use: { ...toolUse, ...cached },
      tool_result: toolResult,
      thinking,
      redacted_thinking: redactedThinking,
    },
    true,
  );

export const system = content('system', { text: textBlock('system') });

export const messages = messagesOf(
  variant('role', {
    user: { content: required(blocks('user')) },
    assistant: { content: required(blocks('assistant')) },
    system: { content: required(system) },
  }),
);

const toolOptions: Fields = {
  strict: bool,
  defer_loading: bool,
  eager_input_streaming: bool,
  input_examples: tree('tool-definition'),
  allowed_callers: array(
    only('direct', 'The model server would call the tool from code that the gateway does not see.'),
  ),
  ...cached,
};

/** A tool that Anthropic defines and the client runs. */
const clientTool: Fields = {
  ...toolOptions,
  name: toolName('declared'),
  max_characters: count,
  display_width_px: count,
  display_height_px: count,
  display_number: number,
  enable_zoom: bool,
  configs: tree('tool-definition'),
};

const CLIENT_TOOLS = [
  'bash_20241022',
  'bash_20250124',
  'text_editor_20241022',
  'text_editor_20250124',
  'text_editor_20250429',
  'text_editor_20250728',
  'memory_20250818',
  'computer_20241022',
  'computer_20250124',
  'computer_20251124',
  'computer_toolset_20260801',
  'browser_toolset_20260801',
];

export const tools = array(
  variant(
    'type',
    {
      custom: {
        ...toolOptions,
        name: required(toolName('declared')),
        description: text('tool-definition'),
        input_schema: required(tree('tool-definition')),
      },
      ...Object.fromEntries(CLIENT_TOOLS.map((type) => [type, clientTool])),
    },
    { absent: 'custom' },
  ),
);
