import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { anyOf } from '../../base/glob.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { IssuerSettings } from '../../settings/identity.ts';
import { hasDuplicateKeys } from '../../wire/duplicate-keys.ts';
import { parseJsonText } from '../../wire/json.ts';

/** Three parts of base64url (RFC 7515, section 7.1). The last may be empty, so that `alg: none` is refused as a token. */
const FORM = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;
/** Longer ones are refused unread. */
const MAX_LENGTH = 8192;
const MAX_DEPTH = 8;
const MAX_SUBJECT = 255;

/** An issuer that the settings name, and where its keys come from. */
export interface TrustedIssuer {
  readonly settings: IssuerSettings;
  /** The keys as they are known. Throws `identity_unavailable` where there are none. */
  keys(): Promise<JWTVerifyGetKey>;
  /** Newer keys than those, asked for now; undefined where there are none, or it was asked a moment ago. */
  newerKeys(than: JWTVerifyGetKey): Promise<JWTVerifyGetKey | undefined>;
}

/** A token whose signature and claims hold. */
export interface VerifiedToken {
  readonly issuer: IssuerSettings;
  readonly subject: string;
  readonly claims: JsonObject;
  /** Milliseconds since 1970, no later than `exp`. */
  readonly ends: number;
  /** The keys that it was verified with. */
  readonly keys: JWTVerifyGetKey;
}

/** Whether a bearer token has the shape of a JWT; no API key has. */
export const isToken = (text: string): boolean => FORM.test(text);

/**
 * Verifies a token: issuer by exact name, algorithm among those pinned for it, key from its own key set, then every
 * claim. Nothing that the token says of keys (`jku`, `jwk`, `x5u`, `x5c`) is looked at.
 * @param find the issuer of exactly this name (`iss`)
 * @param now milliseconds since 1970
 * Throws `credential_invalid`, and says what is wrong only once the signature has shown who wrote the token.
 */
export async function verifyToken(
  token: string,
  find: (issuer: string) => TrustedIssuer | undefined,
  now: number,
): Promise<VerifiedToken> {
  const parts = token.length > MAX_LENGTH ? null : FORM.exec(token);
  if (parts === null) throw invalid();
  const [, first = '', second = '', signature = ''] = parts;
  const [header, payload] = [readPart(first), readPart(second)];
  bytesOf(signature);
  const issuer = typeof payload.iss === 'string' ? find(payload.iss) : undefined;
  if (issuer === undefined) throw invalid();
  const { settings } = issuer;
  checkHeader(header, settings);
  const { keys, claims } = await withKeys(issuer, (tried) => check(token, tried, settings, now));
  checkDemands(claims, settings);
  const { sub: subject, exp = 0, iat } = claims;
  // RFC 7519, section 4.1.2 leaves the length open; what is longer is nobody's name.
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT) throw invalid('sub');
  const oldest = settings.max_age === undefined ? exp * 1000 : (iat ?? 0) * 1000 + settings.max_age;
  return { issuer: settings, subject, claims: payload, ends: Math.min(exp * 1000, oldest), keys };
}

/** Other spellings of the same bytes would be other tokens to whoever compares them as text. */
function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw invalid();
  return bytes;
}

/** A part as strict JSON: UTF-8, an object, no member twice, bounded depth. */
function readPart(part: string): JsonObject {
  const bytes = bytesOf(part);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = parseJsonText(text, { maxDepth: MAX_DEPTH });
    if (!hasDuplicateKeys(text)) return value;
  } catch {
    // Whatever is wrong with it, it is no token.
  }
  throw invalid();
}

/** RFC 8725, sections 3.1 and 3.11; RFC 7515, section 4.1.11: extensions that are not understood must be refused. */
function checkHeader({ alg, crit, b64, kid, typ }: JsonObject, settings: IssuerSettings): void {
  if (typeof alg !== 'string' || !settings.algorithms.some((pinned) => pinned === alg)) throw invalid();
  if (crit !== undefined || b64 !== undefined) throw invalid();
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_SUBJECT)) throw invalid();
  if (settings.type !== undefined && mediaType(typ) !== mediaType(settings.type)) throw invalid();
}

/** RFC 7515, section 4.1.9: `application/` may be left out, and case does not matter. */
const mediaType = (typ: Json | undefined): string | undefined =>
  typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;

/** With the keys that are known; with newer ones where these have none for the token. */
async function withKeys<T>(issuer: TrustedIssuer, verify: (keys: JWTVerifyGetKey) => Promise<T>): Promise<T> {
  const keys = await issuer.keys();
  try {
    return await verify(keys);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    const newer = await issuer.newerKeys(keys);
    if (newer === undefined) throw invalid();
    return await verify(newer).catch((again) => {
      throw refusalOf(again);
    });
  }
}

async function check(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, algorithms, clock_skew, max_age }: IssuerSettings,
  now: number,
): Promise<{ readonly keys: JWTVerifyGetKey; readonly claims: JWTPayload }> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: [...audience],
    algorithms: [...algorithms],
    clockTolerance: clock_skew / 1000,
    currentDate: new Date(now),
    requiredClaims: ['exp', 'sub'],
    ...(max_age !== undefined && { maxTokenAge: max_age / 1000 }),
  });
  return { keys, claims: payload };
}

/** Claims that the settings ask for: the client that the token was made for, and values of others. */
function checkDemands(claims: JWTPayload, { clients, require }: IssuerSettings): void {
  if (clients !== undefined) {
    // OpenID Connect Core, section 2 (azp); RFC 9068, section 2.2 (client_id).
    const client = claims.azp ?? claims.client_id;
    if (typeof client !== 'string' || !clients.includes(client)) throw invalid('client');
  }
  if (!meets(claims, require)) throw invalid('require');
}

/** Whether each claim that is asked for has one of the values that it may have. */
export const meets = (
  claims: Readonly<Record<string, unknown>>,
  require: IssuerSettings['require'],
): boolean =>
  Object.entries(require).every(([claim, patterns]) => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return (Array.isArray(value) ? value : [value]).filter(isPlain).map(String).some(anyOf(patterns));
  });

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** What may be said of a token whose signature holds. */
const SAYS = {
  aud: 'The token is for another audience.',
  client: 'The token was made for another client.',
  exp: 'The token has expired.',
  iat: 'The token is too old, or from the future.',
  nbf: 'The token is not valid yet.',
  require: 'A claim has not the value that is asked for.',
  sub: 'The token names nobody.',
} as const;

function invalid(why?: keyof typeof SAYS): Refusal {
  return new Refusal('credential_invalid', why === undefined ? {} : { hint: SAYS[why] });
}

/** jose checks the claims after the signature, so whoever sees these words wrote the token or was given it. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  const claim =
    error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed ? error.claim : '';
  return invalid(Object.hasOwn(SAYS, claim) ? (claim as keyof typeof SAYS) : undefined);
}
