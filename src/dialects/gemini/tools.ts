import {
  array,
  bool,
  type Fields,
  ident,
  only,
  refused,
  required,
  text,
  toolName,
  tree,
  usually,
} from '../shape.ts';
import { SERVER_TOOLS } from './content.ts';
import { message, repeated } from './message.ts';

/** Tools that the client runs, and which of them the model may call. */

const functionDeclaration = message({
  name: required(toolName('declared')),
  description: text('tool-definition'),
  parameters: tree('tool-definition'),
  parametersJsonSchema: tree('tool-definition'),
  response: tree('tool-definition'),
  responseJsonSchema: tree('tool-definition'),
  behavior: usually('UNSPECIFIED', 'BLOCKING', 'NON_BLOCKING'),
});

/** Run by the model server, or by another one that it asks. */
const HOSTED = [
  'googleSearch',
  'googleSearchRetrieval',
  'googleMaps',
  'codeExecution',
  'urlContext',
  'computerUse',
  'fileSearch',
  'mcpServers',
  'retrieval',
  'enterpriseWebSearch',
  'exaAiSearch',
  'parallelAiSearch',
];

const hosted: Fields = Object.fromEntries(HOSTED.map((tool) => [tool, refused(SERVER_TOOLS)]));

/** A tool that is not known here could be one that the model server runs, so it is not passed on. */
const tool = message(
  { ...hosted, functionDeclarations: repeated(array(functionDeclaration)) },
  (_, __, path, reading) => reading.unsupported(path, SERVER_TOOLS),
);

export const tools = repeated(array(tool));

export const toolConfig = message({
  functionCallingConfig: message({
    mode: usually('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    allowedFunctionNames: array(ident),
    streamFunctionCallArguments: only(false, 'Arguments in pieces are not passed on.'),
  }),
  retrievalConfig: tree('other'),
  includeServerSideToolInvocations: only(false, SERVER_TOOLS),
});

export const safetySettings = repeated(
  array(message({ category: ident, threshold: ident, method: ident, enabled: bool })),
);
