/** What a collector answered. */
export interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The beginning of its body. */
  readonly text: string;
}

/** Sends a body to a path of the collector. Rejects where it cannot be reached in time. */
export type Post = (path: string, body: string) => Promise<Answered>;

export interface Delivery {
  /** Attempts, the first included. */
  readonly attempts: number;
  /** Waits so many milliseconds; false: there is no more time, give up. */
  readonly wait: (ms: number) => Promise<boolean>;
}

/** What it says may be sent again (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const RETRYABLE = new Set([429, 502, 503, 504]);

const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 30_000];

/**
 * Delivers one batch, again and again where that may help: with the pause that the collector asks for, or one that
 * doubles, with chance in it so that many gateways do not come back at once. Never rejects.
 * @returns items that the collector did not take: undefined for all of them
 */
export async function deliver(
  post: Post,
  path: string,
  body: string,
  { attempts, wait }: Delivery,
): Promise<number | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await post(path, body).catch(() => undefined);
    if (answer !== undefined && answer.status >= 200 && answer.status < 300) return rejectedIn(answer.text);
    if (answer !== undefined && !RETRYABLE.has(answer.status)) return undefined;
    const wish = secondsIn(answer?.retryAfter);
    const pause = wish ?? FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random());
    if (attempt >= attempts || !(await wait(Math.min(pause, LONGEST_PAUSE)))) return undefined;
  }
}

/** Retry-After in milliseconds; its form as a date is passed over. */
const secondsIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;

/** A partial success names how many were not taken. */
function rejectedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as {
      partialSuccess?: { rejectedSpans?: unknown; rejectedDataPoints?: unknown };
    };
    const rejected = Number(partialSuccess?.rejectedSpans ?? partialSuccess?.rejectedDataPoints ?? 0);
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}
