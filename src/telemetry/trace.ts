import { randomBytes } from 'node:crypto';

/** Which trace a request belongs to, and the ids of the spans that others may name as their parent. */
export interface Trace {
  readonly traceId: string;
  /** The client's span. */
  readonly parentId: string | undefined;
  /** Ours for the whole request. */
  readonly spanId: string;
  /** Ours for the call of the model server. */
  readonly clientId: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/**
 * Begins the trace of a request, or goes on with the client's (W3C Trace Context). A header of another form is passed
 * over, as the recommendation says. Whether it is sampled is ours to draw: else a caller could have everything exported.
 * @param traceparent as it came
 */
export function beginTrace(traceparent: string | undefined, sampled: boolean): Trace {
  const [, version, traceId, parentId, more] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  // Only later versions may have more fields.
  const known = traceId !== undefined && (version !== '00' || more === undefined);
  const ids = randomBytes(32).toString('hex');
  return {
    traceId: known ? traceId : ids.slice(0, 32),
    parentId: known ? parentId : undefined,
    spanId: ids.slice(32, 48),
    clientId: ids.slice(48, 64),
    sampled,
  };
}

export const newSpanId = (): string => randomBytes(8).toString('hex');

/** The header for the model server: its parent is our call of it. */
export const traceparentOf = ({ traceId, clientId, sampled }: Trace): string =>
  `00-${traceId}-${clientId}-${sampled ? '01' : '00'}`;
