import { isObject, type JsonObject } from '../../base/json.ts';
import type { Refusal } from '../../base/refusal.ts';
import type { Dialect, WireError } from '../dialect.ts';
import { errorHeaders, shortWord } from '../refuse.ts';

/** The `type` that goes with a status; the clients choose their error class by the status itself. */
function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

export const errorBody = (refusal: Refusal): JsonObject => ({
  error: {
    message: refusal.message,
    type: typeOf(refusal.status),
    param: refusal.field ?? null,
    code: refusal.code,
  },
});

export const refuse = (refusal: Refusal, requestId: string): WireError => ({
  status: refusal.status,
  headers: errorHeaders(refusal, 'x-request-id', requestId),
  body: JSON.stringify(errorBody(refusal)),
});

/** `{"error": {…}}` as the API has it, and the bare forms of Ollama (`error`), vLLM (`message`) and FastAPI (`detail`). */
export function readError(body: JsonObject): ReturnType<Dialect['readError']> {
  const error: JsonObject = isObject(body.error)
    ? body.error
    : { ...body, message: body.message ?? body.error ?? body.detail ?? '' };
  const { message } = error;
  const [type, code, param] = [shortWord(error.type), shortWord(error.code), shortWord(error.param)];
  return {
    message: typeof message === 'string' ? message : '',
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  };
}
