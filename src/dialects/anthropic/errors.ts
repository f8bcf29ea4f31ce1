import { isObject, type JsonObject } from '../../base/json.ts';
import type { Refusal } from '../../base/refusal.ts';
import type { Dialect, WireError } from '../dialect.ts';
import { errorHeaders, shortWord } from '../refuse.ts';

/** https://docs.anthropic.com/en/api/errors */
function typeOf(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 503:
    case 529:
      return 'overloaded_error';
    case 504:
      return 'timeout_error';
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error';
  }
}

/** The code stands in `details.error_code`, which the clients show as `errorCode`. */
export const errorBody = (refusal: Refusal, requestId: string): JsonObject => ({
  type: 'error',
  error: {
    type: typeOf(refusal.status),
    message: refusal.message,
    details: {
      error_code: refusal.code,
      ...(refusal.field === undefined ? {} : { field: refusal.field }),
    },
  },
  request_id: requestId,
});

export const refuse = (refusal: Refusal, requestId: string): WireError => ({
  status: refusal.status,
  headers: errorHeaders(refusal, 'request-id', requestId),
  body: JSON.stringify(errorBody(refusal, requestId)),
});

export function readError(body: JsonObject): ReturnType<Dialect['readError']> {
  const error: JsonObject = isObject(body.error) ? body.error : {};
  const type = shortWord(error.type);
  return {
    message: typeof error.message === 'string' ? error.message : '',
    ...(type === undefined ? {} : { type }),
  };
}
