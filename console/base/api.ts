/** What the gateway says of a session (`GET /auth/v1/session`). */
export interface Session {
  readonly person: {
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly team: string;
    readonly roles: readonly string[];
    readonly source: string;
  };
  readonly session: {
    readonly id: string;
    readonly factors: readonly string[];
    readonly created: string;
    readonly expires: string;
    readonly fresh_until: string;
  };
  readonly csrf: string;
  readonly may?: readonly string[];
  /** Roles that may read what is sealed. */
  readonly readers?: readonly string[];
}

/** A refusal in words for people (RFC 9457), with its code. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** JSON pointer to the field that was wrong. */
  readonly field: string | undefined;

  constructor(message: string, code: string, status: number, field?: string) {
    super(message);
    this.code = code;
    this.status = status;
    this.field = field;
  }
}

interface Hooks {
  /** Asks the person for a factor. Resolves to whether it was shown. */
  readonly onFactorNeeded: () => Promise<boolean>;
  /** Says that the act is proposed and waits for somebody else. Resolves to whether it is to be asked for again. */
  readonly onApprovalNeeded: (why: ApiError) => Promise<boolean>;
  readonly onSignedOut: () => void;
}

let csrf = '';
let hooks: Hooks = {
  onFactorNeeded: async () => false,
  onApprovalNeeded: async () => false,
  onSignedOut: () => {},
};

export const useHooks = (given: Hooks): void => {
  hooks = given;
};

/** Each answer that opens or renews a session brings the token that changes need. */
export function keepCsrf(token: string): void {
  csrf = token;
}

const SIGNED_OUT = new Set(['credential_missing', 'credential_invalid', 'session_ended']);

/** Asks the gateway. Throws {@link ApiError}, and what `fetch` throws where the gateway cannot be reached. */
async function ask(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    ...(signal && { signal }),
    // Questions that are recorded before they are answered (sealed content) need the token as changes do.
    headers: {
      'x-gatehouse-csrf': csrf,
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  });
  if (response.ok) return response;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const said = (await response.json().catch(() => ({}))) as { title?: string; code?: string; field?: string };
  return new ApiError(
    said.title ?? `The gateway answered ${response.status}.`,
    said.code ?? '',
    response.status,
    said.field,
  );
}

let showing: Promise<boolean> | undefined;

/** Of several acts at once that need a factor one asks for it, for all of them. */
function factorShown(): Promise<boolean> {
  showing ??= hooks.onFactorNeeded().finally(() => {
    showing = undefined;
  });
  return showing;
}

/**
 * The same, with whatever must come before it. A page only calls {@link get}, {@link getText} or {@link post}: where the gateway
 * says `factor_needed`, the person is asked for one and the call is made again; where it says `approval_needed`, they are told
 * under which number it is proposed, and it is made again when they say so. Who cancels gets the refusal as {@link ApiError}.
 */
async function askAgain(...question: Parameters<typeof ask>): Promise<Response> {
  let before = '';
  for (;;) {
    try {
      return await ask(...question);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (SIGNED_OUT.has(error.code)) hooks.onSignedOut();
      if (!(await isAskedAgain(error, before))) throw error;
      before = error.code;
    }
  }
}

function isAskedAgain(error: ApiError, before: string): Promise<boolean> | false {
  if (error.code === 'factor_needed') return before !== 'factor_needed' && factorShown();
  return error.code === 'approval_needed' && hooks.onApprovalNeeded(error);
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await askAgain('GET', path, undefined, signal)).json() as Promise<T>;

export const getText = async (path: string, signal?: AbortSignal): Promise<string> =>
  (await askAgain('GET', path, undefined, signal)).text();

export const post = async <T>(path: string, body?: unknown): Promise<T> =>
  (await askAgain('POST', path, body)).json() as Promise<T>;

/** Signing in, and showing a factor: what these refuse is the answer, and no reason to ask for another factor. */
export const plain = {
  get: async <T>(path: string): Promise<T> => (await ask('GET', path)).json() as Promise<T>,
  post: async <T>(path: string, body?: unknown): Promise<T> =>
    (await ask('POST', path, body)).json() as Promise<T>,
};

/** Words for whatever went wrong. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return 'The gateway cannot be reached.';
  return error instanceof Error ? error.message : 'Something went wrong.';
}
