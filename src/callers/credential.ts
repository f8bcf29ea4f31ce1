import { Refusal } from '../base/refusal.ts';

/** The one credential that a request brings. */
export interface Credential {
  /** A bearer token may be a JWT; the headers for keys hold keys only. */
  readonly from: 'bearer' | 'key';
  /** Never empty, and bounded by what all headers of a request may take. */
  readonly text: string;
}

/** Names of headers that hold nothing but a key, in lower case. */
const KEY_HEADERS: ReadonlySet<string> = new Set(['x-api-key', 'api-key', 'x-goog-api-key']);
/** Most headers have none of these lengths: their names need not be read. */
const LENGTHS: ReadonlySet<number> = new Set([...KEY_HEADERS, 'authorization'].map(({ length }) => length));

/**
 * What the request brings to show who is asking; undefined where it brings nothing. Exactly one is taken, from
 * `Authorization: Bearer` or a header for keys; two, even if equal, are refused, since another server might obey the
 * other one.
 * @param rawHeaders names and values in turn, as `node:http` has them
 */
export function credentialOf(rawHeaders: readonly string[], query: URLSearchParams): Credential | undefined {
  checkQuery(query);
  let found: Credential | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!LENGTHS.has(name.length)) continue;
    const lower = name.toLowerCase();
    const value = rawHeaders[i + 1] as string;
    let credential: Credential;
    if (lower === 'authorization') credential = { from: 'bearer', text: bearer(value) };
    else if (KEY_HEADERS.has(lower)) credential = { from: 'key', text: value };
    else continue;
    if (found !== undefined) throw new Refusal('credential_ambiguous');
    found = credential;
  }
  return found === undefined || found.text === '' ? undefined : found;
}

function bearer(value: string): string {
  const space = value.indexOf(' ');
  if (space < 0 || value.slice(0, space).toLowerCase() !== 'bearer') throw new Refusal('credential_invalid');
  return value.slice(space + 1).trim();
}

const SECRET_NAMES = new Set([
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'auth',
  'authorization',
  'bearer',
  'client_secret',
  'key',
  'password',
  'secret',
  'token',
  'x-api-key',
  'x-goog-api-key',
]);

/** Keys, invitations, sessions and links of ours, keys of the model servers, wherever in the value; tokens (RFC 7519). */
const LOOKS_SECRET = /gh[kaisl]_[0-9A-Za-z]|sk-[0-9A-Za-z]|^bearer |^eyJ[\w-]+\.[\w-]+\./i;

/** Addresses end up in logs and histories: a key in one is refused, wherever it would have come from. */
function checkQuery(query: URLSearchParams): void {
  for (const [name, value] of query) {
    if (SECRET_NAMES.has(name.toLowerCase()) || LOOKS_SECRET.test(value)) {
      throw new Refusal('credential_in_query');
    }
  }
}
