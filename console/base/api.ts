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
  readonly onSignedOut: () => void;
}

let csrf = '';
let hooks: Hooks = { onFactorNeeded: async () => false, onSignedOut: () => {} };

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
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/json', 'x-gatehouse-csrf': csrf },
      body: JSON.stringify(body ?? {}),
    }),
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

/** The same, and asks for a factor once where that is what is missing. */
async function askAgain(...question: Parameters<typeof ask>): Promise<Response> {
  try {
    return await ask(...question);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'factor_needed' && (await hooks.onFactorNeeded())) return ask(...question);
    if (SIGNED_OUT.has(error.code)) hooks.onSignedOut();
    throw error;
  }
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
