import type { JsonObject } from '../base/json.ts';
import type { Refusal } from '../base/refusal.ts';
import type { AnswerEvent, Answered, Conversation } from '../exchange/conversation.ts';
import type { Action, Prompt, Reply, StreamEvent, Usage } from '../exchange/exchange.ts';
import type { WireEvent } from '../wire/sse.ts';

export type { WireEvent };

/** A model as `GET /v1/models` shows it. */
export interface ModelCard {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly ownedBy: string;
}

/**
 * One endpoint of a wire API. Readers refuse what they do not understand (`request_invalid`, `unsupported` for
 * requests; `upstream_invalid` for replies) and leave no text unseen: a field that the shape does not know is a
 * slot too.
 */
export interface Operation {
  /** `openai.chat`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /**
   * Exact path, `/v1/chat/completions`. In the last segment `:id` stands for a non-empty piece without a slash; a
   * fixed ending may follow it (`/v1beta/models/:id:generateContent`, `/v1/responses/:id/cancel`).
   */
  readonly path: string;
  /** Other paths of the same endpoint, such as those of another version of the API. */
  readonly also?: readonly string[];
  readonly action: Action;
  /** It is about an answer that the upstream keeps for the caller, named by `:id`: nothing else is sent. */
  readonly kept?: boolean;
  /** Query parameters a client may send; any other is refused. They are not passed on. */
  readonly query: readonly string[];
  /** Of those, what must be given once and with this value (`alt=sse`). */
  readonly demands?: Readonly<Record<string, string>>;
  /** Request headers (lower case) whose values go upstream after being matched against the pattern. */
  readonly headers: Readonly<Record<string, RegExp>>;
  /**
   * Path at an upstream of the same dialect, below its base address; a query may follow (`?alt=sse`). `{model}` in it
   * stands for the model's name there: the body then holds none. `{id}` stands for that of what is kept.
   */
  readonly upstreamPath: string;
  /** @param id what stands for `:id` in the path, decoded */
  readPrompt(body: JsonObject, id?: string): Prompt;
  readReply(body: JsonObject, prompt: Prompt): Reply;
  /** A reader for one streamed answer; absent where the endpoint does not stream. */
  readStream?(prompt: Prompt): StreamReader;
  /** Puts words of the gateway's in front of everything else that the model reads, as system text. Only where a model is talked to. */
  instruct?(body: JsonObject, text: string): void;
  /** How this endpoint says what every chat API can say: where it is there, a model of another dialect can answer. */
  readonly translator?: Translator;
}

/**
 * A chat endpoint to and from the inner form. Request readers take bodies that `readPrompt` has accepted, reply and
 * stream readers bodies that `readReply` and `readStream` have; what is written is read again by the other side's
 * readers before anything leaves, so a translator need not be trusted with security.
 */
export interface Translator {
  /** Throws `unsupported` with the field that has no counterpart in the inner form. */
  readRequest(body: JsonObject, prompt: Prompt): Conversation;
  /**
   * The body for an upstream of this dialect, its model name included where bodies hold one. Throws `unsupported`,
   * with the field as Chat Completions calls it.
   * @param assumeOutput tokens, for a dialect that demands a limit where the conversation sets none
   */
  writeRequest(conversation: Conversation, assumeOutput: number): JsonObject;
  /** What this API calls the fields that a writer may refuse, where it has a name of its own for them. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Throws `upstream_invalid`. */
  readReply(body: JsonObject): Answered;
  writeReply(answered: Answered, prompt: Prompt): JsonObject;
  readStream(): {
    read(event: WireEvent): readonly AnswerEvent[];
    /** Where the API has no closing event: what is still to be said when the connection closes, the end included. */
    end?(): readonly AnswerEvent[];
  };
  /** @param prompt the client's own request: what it asked to see (usage, `n`) */
  writeStream(prompt: Prompt): { write(event: AnswerEvent): readonly WireEvent[] };
}

/** Reads one streamed answer, event by event. */
export interface StreamReader {
  /** The event in the inner form. Throws `upstream_invalid`, or `upstream_failed` where the event is an error. */
  read(event: WireEvent): StreamEvent;
  /**
   * Where the API has no closing event: the close of the connection as the last event, or undefined where the answer
   * is not complete.
   */
  end?(): StreamEvent | undefined;
  /**
   * The wire text that ends the stream legally after a guard cut it: whatever is open is closed, with the dialect's
   * own word for content that was withheld.
   */
  cut(refusal: Refusal, requestId: string): string;
  /** The wire text of an error that ends the stream (upstream broke off, ledger failed). */
  fail(refusal: Refusal, requestId: string): string;
}

/** An endpoint that is known and refused. */
export interface Withheld {
  /** Exact path; what stands below it (`/v1beta/files/…`, `…:cancel`) is withheld too. Or an ending as in {@link Operation.path}. */
  readonly path: string;
  readonly hint: string;
}

export interface WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A wire API family: its endpoints, its way to say no, and its way to be asked. */
export interface Dialect {
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Endpoints of the API that are not passed on, with what is below them, and why (`unsupported`). */
  readonly withheld?: readonly Withheld[];
  /** The endpoint that a translated conversation asks at an upstream of this dialect; it has a translator. */
  chat(stream: boolean): Operation;
  /** True where an unknown path or a bad request was most likely meant for this dialect (its headers, its prefix). */
  claims(path: string, headers: Readonly<Record<string, string | string[] | undefined>>): boolean;
  refuse(refusal: Refusal, requestId: string): WireError;
  /** Headers with which the gateway asks an upstream of this dialect. */
  authorize(key: string): Record<string, string>;
  /**
   * What an upstream's error body says, as texts to inspect before any of it is shown: `message`, and the
   * machine-readable `type`, `code` and `param` where they are short words.
   */
  readError(body: JsonObject): { message: string; type?: string; code?: string; param?: string };
  /** The list of models in this dialect's shape. */
  listModels(models: readonly ModelCard[]): JsonObject;
  showModel(model: ModelCard): JsonObject;
  /** Model ids in an upstream's list. */
  readModels(body: JsonObject): ModelCard[];
}

/** No usage. */
export const NO_USAGE: Usage = { input: 0, output: 0 };
