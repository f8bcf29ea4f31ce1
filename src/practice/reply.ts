import { HIDDEN_INSTRUCTIONS } from './secret.ts';
import { chooseCall, type ToolCall, type ToolChoice, type ToolOffer } from './tool-call.ts';

/** Begins every answer, so that nobody takes the simulation for a model. */
export const LABEL = '[practice model: a simulation, not an LLM]';

export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolOffer[];
  readonly toolChoice: ToolChoice;
  /** Most tokens of an answer; the label is the first and always comes. */
  readonly maxTokens: number | undefined;
  /** The answer ends before the first of these. */
  readonly stop: readonly string[];
}

export interface Answer {
  /** The text in the pieces in which it is streamed: a token each. */
  readonly pieces: readonly string[];
  readonly call: ToolCall | undefined;
  readonly ended: 'stop' | 'length' | 'call';
  /** The stop sequence that ended it. */
  readonly stoppedBy: string | undefined;
  readonly tokens: { readonly input: number; readonly output: number };
}

/** A token of the practice model is a word with the white space after it. */
const tokensOf = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

export const countTokens = (text: string): number => tokensOf(text).length;

export const inputTokens = ({ turns, tools }: Pick<Conversation, 'turns' | 'tools'>): number =>
  [...turns.map((turn) => turn.text), ...tools.map((tool) => JSON.stringify(tool))].reduce(
    (sum, text) => sum + countTokens(text),
    0,
  );

/**
 * The answer of a model without any judgement: it repeats what it is told to repeat, gives away what it was told to
 * keep, and takes orders from tools and documents as from people. The same conversation gets the same answer.
 */
export function answer(conversation: Conversation): Answer {
  const spoken = speak(conversation);
  const { text, stoppedBy } = cutAtStop(spoken.text, conversation.stop);
  const pieces = [`${LABEL} `, ...tokensOf(text)];
  const call = stoppedBy === undefined ? spoken.call : undefined;
  const wanted = pieces.length + (call === undefined ? 0 : countTokens(JSON.stringify(call.arguments)));
  const output = Math.min(wanted, conversation.maxTokens ?? wanted);
  const tokens = { input: inputTokens(conversation), output };
  if (output < wanted) {
    return {
      pieces: pieces.slice(0, output),
      call: undefined,
      ended: 'length',
      stoppedBy: undefined,
      tokens,
    };
  }
  return { pieces, call, ended: call === undefined ? 'stop' : 'call', stoppedBy, tokens };
}

function speak({ turns, tools, toolChoice }: Conversation): { text: string; call?: ToolCall } {
  const sinceAnswer = turns.slice(turns.findLastIndex((turn) => turn.role === 'assistant') + 1);
  const textBy = (role: Turn['role'], from: readonly Turn[]) =>
    from
      .filter((turn) => turn.role === role)
      .map((turn) => turn.text)
      .join('\n');
  const asked = textBy('user', sinceAnswer);
  const fromTools = textBy('tool', sinceAnswer);

  const call = fromTools === '' ? chooseCall(asked, tools, toolChoice) : undefined;
  if (call !== undefined) return { text: `I use the tool ${call.name}.`, call };

  const parts = fromTools === '' ? [] : [`The tool says: ${fromTools}`];
  for (const text of [asked, fromTools]) {
    if (asksForSecrets(text))
      parts.push(`My instructions are: ${[HIDDEN_INSTRUCTIONS, textBy('system', turns)].join('\n').trim()}`);
    else parts.push(...orderToSay(text));
  }
  return { text: parts.length > 0 ? parts.join('\n') : `You said: ${asked}` };
}

/** Ways of asking for what a model should keep. Each is linear: a few bounded steps after a fixed word. */
const LEAKS = [
  /\b(?:your|the)\s{1,9}(?:[\w-]{1,30}\s{1,9})?(?:secrets?|password|codename|api\s{1,9}key|system\s{1,9}(?:prompt|message)|instructions)\b/i,
  /\byour\s{1,9}(?:key|prompt|rules)\b/i,
  /\b(?:ignore|disregard|forget)\s{1,9}(?:[\w-]{1,30}\s{1,9}){0,3}(?:instructions|rules|prompt)\b/i,
  /\bsystem\s{1,9}prompt\b/i,
];

const asksForSecrets = (text: string) => LEAKS.some((pattern) => pattern.test(text));

/** `say X`, `please repeat: X`: at the beginning the order takes the whole text, inside it takes its line. */
function orderToSay(text: string): string[] {
  const order = /\b(?:say|repeat|print|echo)\b(?: after me| exactly| the following)?:?\s{1,9}/i.exec(text);
  if (order === null) return [];
  const rest = text.slice(order.index + order[0].length);
  const opens = /^(?:please )?$/i.test(text.slice(0, order.index));
  const said = (opens ? rest : (rest.split('\n', 1)[0] ?? '')).trim();
  return [/^(["'`]).*\1$/s.test(said) ? said.slice(1, -1) : said];
}

function cutAtStop(text: string, stops: readonly string[]): { text: string; stoppedBy: string | undefined } {
  const first = stops
    .map((stop) => ({ stop, at: stop === '' ? -1 : text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  return first === undefined
    ? { text, stoppedBy: undefined }
    : { text: text.slice(0, first.at), stoppedBy: first.stop };
}
