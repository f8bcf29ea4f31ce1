import { isObject, type Json, type JsonObject } from '../base/json.ts';

export interface ToolOffer {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly parameters: JsonObject;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** The call that a text asks for: of the tool it names or hints at, with arguments made up from the text. */
export function chooseCall(
  text: string,
  tools: readonly ToolOffer[],
  choice: ToolChoice,
): ToolCall | undefined {
  const tool = chooseTool(text, tools, choice);
  return tool && { name: tool.name, arguments: fillObject(tool.parameters, text) };
}

function chooseTool(text: string, tools: readonly ToolOffer[], choice: ToolChoice): ToolOffer | undefined {
  if (choice === 'none') return undefined;
  if (typeof choice === 'object') return tools.find((tool) => tool.name === choice.name);
  const words = wordsOf(text);
  const meant =
    tools.find((tool) => words.has(tool.name.toLowerCase())) ??
    tools.find((tool) =>
      wordsOf(tool.name.replace(/(?<=[a-z])(?=[A-Z])|[_-]/g, ' '))
        .values()
        .some((word) => word.length > 3 && words.has(word)),
    );
  const anyTool =
    choice === 'required' || /\b(?:use|call)\s{1,9}(?:the|a|your)\s{1,9}(?:tool|function)\b/i.test(text);
  return meant ?? (anyTool ? tools[0] : undefined);
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\w-]+/g) ?? []);

/** Arguments as they are streamed: in small pieces that break words, as models' do. */
export const splitArguments = (call: ToolCall): string[] =>
  JSON.stringify(call.arguments).match(/.{1,5}/gsu) ?? [];

const MAX_DEPTH = 8;

/** The required properties, or all where none is; deep schemas are filled to a bound. */
function fillObject(schema: JsonObject, text: string, depth = 0): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required)
    ? schema.required.filter((name) => typeof name === 'string')
    : [];
  const names = (required.length > 0 ? required : Object.keys(properties)).filter((name) =>
    Object.hasOwn(properties, name),
  );
  return Object.fromEntries(names.map((name) => [name, fill(properties[name], text, depth + 1)]));
}

function fill(schema: Json | undefined, text: string, depth: number): Json {
  if (!isObject(schema)) return text;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return depth < MAX_DEPTH ? fillObject(schema, text, depth) : {};
    case 'array':
      return [];
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return Number(/\d{1,15}/.exec(text)?.[0] ?? 1);
    case 'null':
      return null;
    default:
      return topicOf(text);
  }
}

/** `What is the weather in Paris?` is about Paris. */
const topicOf = (text: string) => {
  const last = text.trim().split('\n').at(-1) ?? '';
  const words = last.split(/\s+/);
  const hint = words.findLastIndex(
    (word, index) => /^(?:in|for|of|about|at)$/i.test(word) && index < words.length - 1,
  );
  return words
    .slice(hint + 1)
    .join(' ')
    .replace(/[?.!]$/, '');
};
