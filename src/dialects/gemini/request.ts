import { isObject, type JsonObject } from '../../base/json.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import { cachedContent } from '../media.ts';
import { checked, type Fields, only, refused, required, tree, usually } from '../shape.ts';
import { generationConfig } from './config.ts';
import { content, contents } from './content.ts';
import { message } from './message.ts';
import { readNamed } from './model.ts';
import { safetySettings, toolConfig, tools } from './tools.ts';

const KEPT = 'The model server would add what it keeps to the conversation, unseen by the gateway.';

const generate: Fields = {
  model: checked,
  contents: required(contents),
  systemInstruction: content('system'),
  tools,
  toolConfig,
  safetySettings,
  generationConfig,
  cachedContent: cachedContent(KEPT),
  serviceTier: usually('unspecified', 'standard', 'flex', 'priority'),
  labels: tree('other'),
  store: only(false, 'The model server would keep the conversation; leave `store` out.'),
  continuationToken: refused('The model server would go on with what it keeps, unseen by the gateway.'),
};

const generateContent = message(generate);

/** https://ai.google.dev/api/generate-content */
export const readGenerate =
  (stream: boolean) =>
  (body: JsonObject, id?: string): Prompt => {
    const read = readNamed(generateContent, body, id);
    const config = isObject(body.generationConfig) ? body.generationConfig : {};
    const { candidateCount, maxOutputTokens } = config;
    return {
      ...read,
      stream,
      choices: typeof candidateCount === 'number' ? candidateCount : 1,
      // Zero is what protocol buffers say for no limit.
      maxOutput: typeof maxOutputTokens === 'number' && maxOutputTokens > 0 ? maxOutputTokens : undefined,
    };
  };

const countTokens = message({
  model: checked,
  contents,
  generateContentRequest: message({ ...generate, contents }),
  systemInstruction: content('system'),
  tools,
  generationConfig,
});

/** https://ai.google.dev/api/tokens */
export function readCountTokens(body: JsonObject, id?: string): Prompt {
  const read = readNamed(countTokens, body, id, (whole) => [whole, whole.generateContentRequest]);
  return { ...read, stream: false, choices: 1, maxOutput: 0 };
}
