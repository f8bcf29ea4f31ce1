import type { Dialect, Operation } from '../dialects/dialect.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Prompt, Reply } from '../exchange/exchange.ts';
import type { RequestTags } from '../exchange/tags.ts';
import type { Circumstances } from '../policy/query.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import type { Bridge } from './bridge.ts';
import type { Drawer } from './cache/reply-cache.ts';
import type { Gate, House } from './house.ts';
import type { Disguise, Inspection } from './inspect/inspection.ts';
import type { Record } from './record.ts';
import type { HeldFindings } from './review/findings.ts';

/** One request on its way through the house: what every stage of the path needs at hand. */
export interface Passage {
  readonly ask: Ask;
  readonly answer: Answer;
  readonly gate: Gate;
  readonly house: House;
  readonly record: Record;
  /** The trace that it belongs to; undefined where none is kept. */
  readonly trace?: Trace | undefined;
}

/** Who asks, and as things were when they came: one for all decisions about a request, so that they agree. */
export interface Asker {
  readonly caller: Caller;
  readonly circumstances: Circumstances;
}

/** A passage that has reached a model. */
export interface Talk extends Passage {
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly prompt: Prompt;
  /** To the upstream that answers. */
  readonly bridge: Bridge;
  readonly asker: Asker;
  /** What the request says it is for, and whose data it holds. */
  readonly tags: RequestTags;
  /** Ids of what the model server keeps become the caller's. */
  readonly own?: (ids: readonly string[]) => void;
  /** What becomes of an answer in the background. */
  readonly later?: (reply: Reply) => Promise<void>;
  /** Where the answer is kept for the next one who asks the same. */
  readonly drawer: Drawer | undefined;
  /** What stands in the place of values, and gives them back. */
  readonly disguise: Disguise;
  /** The guards on the reply. */
  readonly inspection: Inspection;
  /** What they found for people to decide on; undefined: that is blocked. */
  readonly held?: HeldFindings;
}
