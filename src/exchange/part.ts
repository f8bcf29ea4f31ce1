/**
 * One text that goes to a model or comes from it, and where it came from. Provenance decides what is suspicious:
 * a user may give orders, a tool result or a document may not.
 */
export type Provenance =
  | 'system'
  | 'user'
  | 'assistant'
  | 'reasoning'
  | 'tool-definition'
  | 'tool-arguments'
  | 'tool-result'
  | 'document'
  /** Ids, names, schemas, metadata, fields this version does not know. */
  | 'other';

/**
 * How a text is to be read:
 * - `text`: as it stands.
 * - `json`: the text is itself JSON (tool arguments, or a JSON tree written out): escapes are decoded before guards
 *   read it, and a mask may only change the inside of a string.
 */
export type TextFormat = 'text' | 'json';

/** A text found in a body or a stream event, and how to write it back. */
export interface Slot {
  /** JSON Pointer (RFC 6901) into the body; in a stream the channel: pointer with `index` fields as indexes. */
  readonly path: string;
  readonly provenance: Provenance;
  readonly format: TextFormat;
  /** The text as it stands now. */
  readonly text: string;
  /** The text is signed or must stay as it is: a mask becomes a block. */
  readonly fixed: boolean;
  /** In a stream: this text is a piece of a longer one with the same path. Always false in a whole body. */
  readonly delta: boolean;
  /**
   * Slots that follow each other with the same `joined` id are read by the model as one text
   * (parts of one message), so guards also read them joined.
   */
  readonly joined?: string | undefined;
  set(text: string): void;
}

/** Content that no guard can read: allowed by policy per media type, recorded as not inspected. */
export interface Opaque {
  readonly path: string;
  /** `image/png`, `audio/wav`, `application/pdf`, or one of the kinds of {@link OPAQUE_KINDS}. */
  readonly media: string;
  /** What the caller can do instead, where it is refused. A sentence without any text of the body. */
  readonly hint?: string | undefined;
  /** How many tokens it is, where that can be seen. */
  readonly tokens?: number | undefined;
}

/** Kinds of opaque content that have no media type of their own. */
export const OPAQUE_KINDS = [
  /** A picture, sound or file named by an address that the upstream would fetch. */
  'remote-url',
  /** A file the upstream keeps, named by its id. */
  'file-id',
  /** Reasoning that only the upstream can read (Anthropic `redacted_thinking`). */
  'encrypted-reasoning',
  /** What was said before, kept by the upstream and named by an id. */
  'server-history',
  /** A prefix of the prompt that the upstream keeps under a name, the same for all callers (Gemini `cachedContent`). */
  'cached-content',
  /** An answer that the upstream makes and keeps while nobody waits for it. */
  'background',
  /** Input given as token numbers. */
  'tokens',
  /** Bytes with no declared media type. */
  'unknown',
] as const;
