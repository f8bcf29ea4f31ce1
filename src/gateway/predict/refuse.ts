import type { Refusal } from '../../base/refusal.ts';
import type { WireError } from '../../dialects/dialect.ts';

/** A refusal as the Open Inference Protocol says it; the code is for programs, as everywhere. */
export function oipRefusal(refusal: Refusal, requestId: string): WireError {
  const { code, message, status, retryAfter, headers } = refusal;
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
    body: JSON.stringify({ error: message, code, request_id: requestId }),
  };
}
