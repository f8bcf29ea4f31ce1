import type { Scene } from './scene.ts';

/** The steps of the data path that can fail, in its order, and what the effect of each is. */
export const STEPS = {
  receive: 'the request is read',
  identify: 'the caller is known',
  reserve: 'the quota holds what the request may use',
  'inspect the prompt': 'guards have read the prompt',
  begin: 'the first entry is durable',
  forward: 'the model server has the prompt',
  'inspect the reply': 'some of the reply is clear and has left',
  end: 'the last entry is durable',
  send: 'some of the reply has reached the caller',
} as const;
export type Step = keyof typeof STEPS;

export const MOMENTS = ['before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export const DIALECTS = ['openai', 'anthropic'] as const;
export type DialectName = (typeof DIALECTS)[number];

export const WAYS = ['plain', 'stream'] as const;
export type Way = (typeof WAYS)[number];

/** One request of a caller's. */
export interface Ask {
  readonly dialect: DialectName;
  readonly way: Way;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** What is charged: both quotas stay, only the request counts, the usage reported, the whole estimate. */
export type Paid = 'nothing' | 'the request' | 'the report' | 'the estimate';

/** What came of a request, in the words of the table in `docs/faults.md`: seen and expected are written alike. */
export interface Outcome {
  readonly caller: string;
  /** Entries of the ledger, in short. */
  readonly ledger: readonly string[];
  /** Requests that left for the model server. */
  readonly left: number;
  readonly paid: Paid;
}

/** One fault, and what must come of a request that meets it. */
export interface Fault {
  readonly step: Step;
  /** Before or after the step has its effect. */
  readonly moment: Moment;
  readonly what: string;
  /** Sets the trap. What it breaks, {@link Scene.mend} makes whole. */
  readonly arrange?: (scene: Scene, ask: Ask) => void;
  /** Changes to the request. */
  readonly ask?: (ask: Ask) => Ask;
  /** Sends the request in a way of its own, and says what it got; else it is sent and read to its end. */
  readonly client?: (scene: Scene, ask: Ask) => Promise<string>;
  readonly dialects?: readonly DialectName[];
  /** What must come of it; a way of asking that is not named is not run. */
  readonly expect: Readonly<Partial<Record<Way, Outcome>>>;
}

/** A request that got as far as the model server, and what it ended in. */
export const forwarded = (caller: string, end: string, paid: Paid): Outcome => ({
  caller,
  ledger: ['begin', `end: ${end}`],
  left: 1,
  paid,
});

/** A request that went nowhere. */
export const stopped = (caller: string, why: string, paid: Paid = 'nothing'): Outcome => ({
  caller,
  ledger: [`refused: ${why}`],
  left: 0,
  paid,
});

/** Said of both ways of asking. */
export const either = (outcome: Outcome): Fault['expect'] => ({ plain: outcome, stream: outcome });

/** The caller's answer and the end entry where the model server is at fault: as a refusal, or in the stream. */
export const upstreamFails = (
  status: number,
  code: string,
  paid: Paid = 'the estimate',
): Required<Fault['expect']> => ({
  plain: forwarded(`${status} ${code}`, `failed, ${code}`, paid),
  stream: forwarded(`200 “Hel”, then the error ${code}`, `cut, ${code}`, paid),
});
