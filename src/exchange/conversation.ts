import type { JsonObject } from '../base/json.ts';
import type { Usage } from './exchange.ts';

/**
 * What every chat API can say, so that one can be translated to any other through this form and never pairwise. A
 * reader refuses (`unsupported`) what this form cannot hold and what would change what the model sees or does; what is
 * only a hint to a server (cache marks, service tiers, user ids) may be left out.
 */
export interface Conversation {
  /** As the caller names it; the route gives the upstream's name. */
  readonly model: string;
  readonly stream: boolean;
  /** System and developer text before the first turn, in order. */
  readonly system: readonly string[];
  /** Readers join turns of one role that follow each other; parts without text are left out. */
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  /** Undefined: the API's own default. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string } | undefined;
  readonly parallelTools: boolean | undefined;
  /** Answers asked for. */
  readonly choices: number;
  readonly maxOutput: number | undefined;
  readonly sampling: Sampling;
  readonly format: AnswerFormat | undefined;
  readonly reasoning: Reasoning | undefined;
}

export interface Sampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly seed?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

/** What the answer's text must be: any JSON object, or JSON that fits a schema. */
export type AnswerFormat =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly name: string;
      readonly description?: string | undefined;
      readonly schema: JsonObject;
      readonly strict?: boolean | undefined;
    };

/** How much the model should think before it answers: a word, or a budget in tokens (0: not at all). */
export type Reasoning =
  | { readonly effort: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' }
  | { readonly budget: number };

export type Turn =
  /** System or developer text later in the conversation; an API that has no place for it there has it in front. */
  | { readonly role: 'system'; readonly parts: readonly TextPart[] }
  | { readonly role: 'user'; readonly parts: readonly (TextPart | MediaPart | ToolResultPart)[] }
  | { readonly role: 'assistant'; readonly parts: readonly AnswerPart[] };

export type AnswerPart = TextPart | RefusalPart | ReasoningPart | ToolCallPart;

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

/** The model's own no (OpenAI `refusal`). */
export interface RefusalPart {
  readonly kind: 'refusal';
  readonly text: string;
}

export interface ReasoningPart {
  readonly kind: 'reasoning';
  readonly text: string;
  /** What the API that made it wants back unchanged. */
  readonly signature?: string | undefined;
}

/** A picture, sound or document: its bytes, or where the upstream would fetch it. */
export interface MediaPart {
  readonly kind: 'media';
  /** `image/png`; for an address `image/*` where the type is not known. */
  readonly media: string;
  readonly source: { readonly base64: string } | { readonly url: string };
  readonly name?: string | undefined;
  /** OpenAI's `detail` of a picture. */
  readonly detail?: string | undefined;
}

export interface ToolCallPart {
  readonly kind: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** JSON text of an object, as the model wrote it. */
  readonly arguments: string;
  readonly signature?: string | undefined;
}

export interface ToolResultPart {
  readonly kind: 'tool-result';
  readonly callId: string;
  /** Name of the tool, where the API says it or the call before does (Gemini wants it). */
  readonly name: string | undefined;
  readonly parts: readonly (TextPart | MediaPart)[];
  readonly failed: boolean;
}

/** A tool that the client runs. */
export interface Tool {
  readonly name: string;
  readonly description: string | undefined;
  /** JSON Schema of the arguments. */
  readonly parameters: JsonObject | undefined;
  readonly strict: boolean | undefined;
}

/** Why an answer ended. */
export type StopReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'stop-sequence'
  /** The provider's filter withheld it. */
  | 'content-filter'
  /** The model declined. */
  | 'refusal';

/** A whole answer. */
export interface Answered {
  readonly id: string;
  /** As the upstream names it; written with the name that the caller asked for. */
  readonly model: string;
  /** Seconds since 1970, where the upstream says it or the gateway knows. */
  readonly created?: number | undefined;
  readonly choices: readonly AnsweredChoice[];
  readonly usage: Usage | undefined;
}

export interface AnsweredChoice {
  readonly parts: readonly AnswerPart[];
  readonly stop: StopReason;
  readonly stopSequence?: string | undefined;
}

/** One step of a streamed answer. A start comes first and an end last; calls are numbered from 0 in each choice. */
export type AnswerEvent =
  | {
      readonly kind: 'start';
      readonly id: string;
      readonly model: string;
      readonly created?: number | undefined;
      readonly usage: Usage | undefined;
    }
  | { readonly kind: 'text' | 'refusal' | 'reasoning'; readonly choice: number; readonly text: string }
  /** Closes the reasoning before it. */
  | { readonly kind: 'signature'; readonly choice: number; readonly signature: string }
  | {
      readonly kind: 'tool-call';
      readonly choice: number;
      readonly call: number;
      readonly id: string;
      readonly name: string;
      readonly signature?: string | undefined;
    }
  /** A piece of the JSON text of a call's arguments. */
  | { readonly kind: 'arguments'; readonly choice: number; readonly call: number; readonly json: string }
  | {
      readonly kind: 'stop';
      readonly choice: number;
      readonly stop: StopReason;
      readonly stopSequence?: string | undefined;
    }
  /** All used so far; later ones replace earlier ones. */
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'end' };
