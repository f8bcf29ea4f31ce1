/** A question for a model: instructions of ours, and the text that it is about as data of its own. */
export interface Question {
  readonly system: string;
  readonly user: string;
  /** JSON Schema of the answer, for servers that can hold a model to one. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly schemaName: string;
}

/** A model of the settings that is asked for a second opinion. It sees nothing but the question. */
export interface Consult {
  readonly name: string;
  /** Longest text that it reads, in UTF-16 units. */
  readonly maxChars: number;
  /** How many verdicts are kept, and for how many milliseconds. */
  readonly cache: { readonly entries: number; readonly ttl: number };
  /** What its kept verdicts are found by: a digest with a key of this process. */
  digest(text: string): string;
  /** Unpredictable, 128 bits in hex. */
  nonce(): string;
  /** Milliseconds, from any start. */
  now(): number;
  /** The answer's text. Rejects where there is none in time, the budget is spent, or the answer is not whole. */
  ask(question: Question): Promise<string>;
}
