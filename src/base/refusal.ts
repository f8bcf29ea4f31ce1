/**
 * Why a request was refused: a closed union of codes. The code is for programs, the message for people, and
 * neither ever holds text taken from the request, the reply or a secret.
 */
export const REFUSALS = {
  credential_missing: { status: 401, says: 'No API key was given.' },
  credential_invalid: { status: 401, says: 'The credential is not valid (unknown, expired or revoked).' },
  credential_ambiguous: { status: 400, says: 'More than one credential was given; send exactly one.' },
  credential_in_query: {
    status: 400,
    says: 'A credential must not be sent in the address; use the Authorization, x-api-key or x-goog-api-key header.',
  },
  identity_unavailable: {
    status: 503,
    says: 'The keys of the identity provider cannot be had, so its tokens cannot be checked.',
  },
  sign_in_refused: { status: 401, says: 'Signing in failed: something of what was given is not right.' },
  session_ended: { status: 401, says: 'The session has ended; sign in again.' },
  factor_needed: {
    status: 403,
    says: 'This needs a factor that was shown just now; show one and ask again.',
  },
  approval_needed: { status: 403, says: 'Another person has to approve this first.' },
  csrf_refused: { status: 403, says: 'The request does not bring the token of its session.' },
  cooling_down: { status: 429, says: 'Too many requests of a kind that is not welcome; wait.' },
  forbidden: { status: 403, says: 'This caller is not allowed to do that.' },
  host_refused: { status: 403, says: 'The Host header names no address that this gateway answers to.' },
  origin_refused: { status: 403, says: 'Requests from this web origin are not allowed.' },
  route_unknown: { status: 404, says: 'There is no such endpoint here.' },
  method_not_allowed: { status: 405, says: 'This endpoint does not take that method.' },
  model_unknown: { status: 404, says: 'The model does not exist or is not available to this caller.' },
  request_timeout: { status: 408, says: 'The request did not arrive in time.' },
  conflict: { status: 409, says: 'That cannot be done as things are.' },
  not_found: { status: 404, says: 'There is no such object.' },
  body_too_large: { status: 413, says: 'The request body is larger than allowed.' },
  body_unreadable: { status: 400, says: 'The request body could not be read as UTF-8 text.' },
  body_not_json: { status: 400, says: 'The request body is not valid JSON.' },
  body_too_deep: { status: 400, says: 'The request body is nested deeper than allowed.' },
  content_type: { status: 415, says: 'The request body must be application/json.' },
  content_encoding: { status: 415, says: 'Compressed request bodies are not accepted.' },
  header_refused: { status: 400, says: 'A request header is repeated or not understood.' },
  query_refused: { status: 400, says: 'The address has query parameters that are not understood.' },
  request_invalid: { status: 400, says: 'The request does not fit the API.' },
  unsupported: { status: 400, says: 'The request uses a feature that this gateway does not pass on.' },
  media_refused: {
    status: 403,
    says: 'The request holds content that cannot be inspected, and the policy does not allow it.',
  },
  no_target: { status: 403, says: 'No server of this model may be sent such a request.' },
  prompt_blocked: { status: 403, says: 'The request was blocked by a guard.' },
  reply_blocked: { status: 403, says: 'The reply was blocked by a guard.' },
  review_pending: { status: 403, says: 'A person has to decide on this first.' },
  guard_failed: { status: 503, says: 'A guard could not decide, so the request was blocked.' },
  quota_requests: { status: 429, says: 'The request quota is used up.' },
  quota_tokens: { status: 429, says: 'The token quota is used up.' },
  quota_dollars: { status: 429, says: 'The budget is used up.' },
  quota_concurrency: { status: 429, says: 'Too many requests at the same time.' },
  upstream_unreachable: { status: 502, says: 'The model server could not be reached.' },
  upstream_timeout: { status: 504, says: 'The model server did not answer in time.' },
  upstream_cut: { status: 502, says: 'The model server broke off its answer.' },
  upstream_invalid: { status: 502, says: 'The model server sent an answer that could not be understood.' },
  upstream_auth: { status: 502, says: 'The model server did not accept the gateway’s credential.' },
  upstream_rate_limited: { status: 429, says: 'The model server is limiting requests.' },
  upstream_overloaded: { status: 503, says: 'The model server is overloaded.' },
  upstream_rejected: { status: 400, says: 'The model server rejected the request.' },
  upstream_failed: { status: 502, says: 'The model server failed.' },
  ledger_unavailable: {
    status: 503,
    says: 'The audit ledger cannot be written, so nothing is let through.',
  },
  vault_unavailable: { status: 503, says: 'Content cannot be sealed, so nothing is let through.' },
  shutting_down: { status: 503, says: 'The gateway is shutting down.' },
  overloaded: { status: 503, says: 'The gateway is at its limit of open requests.' },
  client_gone: { status: 499, says: 'The client went away.' },
  internal: { status: 500, says: 'The gateway failed.' },
} as const satisfies Record<string, { status: number; says: string }>;

export type RefusalCode = keyof typeof REFUSALS;

export interface RefusalDetail {
  /** Extra words for people. Must never hold text from the request, the reply or a secret. */
  readonly hint?: string;
  /** Which field of the request is meant: a JSON Pointer made of known field names and indexes only. */
  readonly field?: string;
  /** HTTP status, where it differs from the code's own (an upstream's 413, 422…). */
  readonly status?: number;
  /** Seconds, for Retry-After. */
  readonly retryAfter?: number;
  /** Further headers of the answer, such as what is left of a quota. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Stable ids of the guard reasons that led to this. */
  readonly reasons?: readonly string[];
  readonly cause?: unknown;
}

/** A request refused. Thrown inside the data path; turned into the client's dialect at its edge. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;
  readonly hint: string | undefined;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly reasons: readonly string[];

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    const about = REFUSALS[code];
    super(detail.hint === undefined ? about.says : `${about.says} ${detail.hint}`, { cause: detail.cause });
    this.code = code;
    this.status = detail.status ?? about.status;
    this.hint = detail.hint;
    this.field = detail.field;
    this.retryAfter = detail.retryAfter;
    this.headers = detail.headers ?? {};
    this.reasons = detail.reasons ?? [];
  }
}
