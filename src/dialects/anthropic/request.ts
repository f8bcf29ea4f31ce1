import type { JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { Reading } from '../reading.ts';
import {
  array,
  bool,
  count,
  type Fields,
  ident,
  name,
  number,
  object,
  readBody,
  refused,
  required,
  type Shape,
  tree,
  usually,
  variant,
} from '../shape.ts';
import { cacheControl, messages, system, tools } from './blocks.ts';

const SERVER_TOOLS =
  'The model server would run tools itself and bring in content that the gateway does not see.';
const SERVER_STATE = 'The model server would add what it keeps to the conversation, unseen by the gateway.';

const choosing: Fields = { disable_parallel_tool_use: bool };
const showing: Fields = { display: usually('summarized', 'omitted') };

const common: Fields = {
  model: required(name('other')),
  messages: required(messages),
  system,
  tools,
  tool_choice: variant('type', {
    auto: choosing,
    any: choosing,
    none: {},
    tool: { ...choosing, name: required(name('other')) },
  }),
  thinking: variant('type', {
    enabled: { ...showing, budget_tokens: required(count) },
    adaptive: showing,
    between_tools: {},
    disabled: {},
  }),
  output_config: object({
    effort: usually('low', 'medium', 'high', 'xhigh', 'max'),
    format: tree('other'),
  }),
  output_format: tree('other'),
  cache_control: cacheControl,
  context_management: tree('other'),
  speed: usually('standard', 'fast'),
  user_profile_id: ident,

  mcp_servers: refused(SERVER_TOOLS),
  container: refused(SERVER_TOOLS),
  thread: refused(SERVER_STATE),
  compaction: refused(SERVER_STATE),
  workspace_id: refused('The gateway’s own account is used.'),
  fallbacks: refused('The model server could answer with another model than the one that was asked for.'),
};

const createMessage = object({
  ...common,
  max_tokens: required(count),
  stream: bool,
  temperature: number,
  top_p: number,
  top_k: number,
  stop_sequences: array(ident),
  metadata: object({ user_id: ident }),
  service_tier: usually('auto', 'standard_only'),
  inference_geo: ident,
  diagnostics: tree('other'),
});

const countTokens = object(common);

function read(shape: Shape, body: JsonObject): Prompt {
  const reading = new Reading('client');
  readBody(shape, body, reading);
  if (body.model === '') reading.refuse('/model', 'It is empty.');
  return {
    model: body.model as string,
    stream: body.stream === true,
    choices: 1,
    maxOutput: typeof body.max_tokens === 'number' ? body.max_tokens : 0,
    slots: reading.slots,
    opaque: reading.opaque,
    // A toolset has no name of its own: it goes by its type.
    tools: [...reading.tools.declared, ...namelessTools(body)],
    body,
  };
}

const namelessTools = ({ tools }: JsonObject): string[] =>
  ((tools ?? []) as JsonObject[]).filter(({ name }) => (name ?? '') === '').map(({ type }) => String(type));

export const readCreateMessage = (body: JsonObject): Prompt => read(createMessage, body);
export const readCountTokens = (body: JsonObject): Prompt => read(countTokens, body);
