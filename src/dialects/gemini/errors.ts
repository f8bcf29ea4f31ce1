import { isObject, type JsonObject } from '../../base/json.ts';
import type { Refusal } from '../../base/refusal.ts';
import type { Dialect, WireError } from '../dialect.ts';
import { errorHeaders, shortWord } from '../refuse.ts';

/** The word that goes with a status (https://cloud.google.com/apis/design/errors, google.rpc.Code). */
function wordOf(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'PERMISSION_DENIED';
    case 404:
      return 'NOT_FOUND';
    case 408:
    case 504:
      return 'DEADLINE_EXCEEDED';
    case 409:
      return 'ABORTED';
    case 429:
      return 'RESOURCE_EXHAUSTED';
    case 499:
      return 'CANCELLED';
    case 500:
      return 'INTERNAL';
    default:
      return status > 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT';
  }
}

const detail = (type: string, fields: JsonObject): JsonObject => ({
  '@type': `type.googleapis.com/google.rpc.${type}`,
  ...fields,
});

/** The code stands in the `ErrorInfo`, the field in a `BadRequest` (google/rpc/error_details.proto). */
export const errorBody = (refusal: Refusal, requestId: string): JsonObject => {
  const { code, status, message, field, retryAfter } = refusal;
  return {
    error: {
      code: status,
      message,
      status: wordOf(status),
      details: [
        detail('ErrorInfo', { reason: code.toUpperCase(), domain: 'gatehouse', metadata: { code } }),
        detail('RequestInfo', { requestId }),
        ...(field === undefined
          ? []
          : [detail('BadRequest', { fieldViolations: [{ field, description: message }] })]),
        ...(retryAfter === undefined
          ? []
          : [detail('RetryInfo', { retryDelay: `${Math.ceil(retryAfter)}s` })]),
      ],
    },
  };
};

export const refuse = (refusal: Refusal, requestId: string): WireError => ({
  status: refusal.status,
  headers: errorHeaders(refusal, 'x-request-id', requestId),
  body: JSON.stringify(errorBody(refusal, requestId)),
});

export function readError(body: JsonObject): ReturnType<Dialect['readError']> {
  const error: JsonObject = isObject(body.error) ? body.error : {};
  const type = shortWord(error.status)?.toLowerCase();
  return {
    message: typeof error.message === 'string' ? error.message : '',
    ...(type === undefined ? {} : { type }),
  };
}
