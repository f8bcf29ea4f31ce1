import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isObject, type Json, type JsonObject } from '../base/json.ts';

/**
 * Passkeys (Web Authentication, W3C, Level 3): a key pair in an authenticator, for one site and one person. Signatures
 * and CBOR are read by `@simplewebauthn/server`, which is loaded when it is first needed; what must hold beside is here.
 */

/** For whom a passkey is good. */
export interface Party {
  /** Exactly: `https://gatehouse.example.com`. */
  readonly origin: string;
  /** Its host name. */
  readonly rpId: string;
}

/** A passkey as it is kept. Nothing in it is secret. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  /** Public key (COSE, RFC 9052), base64url. */
  readonly key: string;
  /** How a browser can reach it (`internal`, `usb`), as a hint. */
  readonly transports: readonly string[];
  /** Its maker keeps it on several devices, so that it has no counter to go by. */
  readonly synced: boolean;
}

/** EdDSA, ES256, RS256 (RFC 9053; RFC 8812): what authenticators make. */
const ALGORITHMS = [-8, -7, -257];
/** How long a browser may ask its person, milliseconds. */
const PATIENCE = 120_000;
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];
/** Characters of base64url: a credential id is at most 1023 bytes (section 4), the rest a few hundred. */
const MAX_ID = 1364;
const MAX_PART = 16_384;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** What a browser is asked for a new passkey (`PublicKeyCredentialCreationOptionsJSON`, section 5.4). */
export const creationOptions = (
  { rpId }: Party,
  person: { readonly id: string; readonly login: string; readonly name: string },
  challenge: string,
  known: readonly Passkey[],
): JsonObject => ({
  rp: { id: rpId, name: 'Gatehouse' },
  // The handle is no name of theirs: an authenticator may show it to whoever holds it (section 14.6.1).
  user: {
    id: Buffer.from(person.id).toString('base64url'),
    name: person.login,
    displayName: person.name,
  },
  challenge,
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
  timeout: PATIENCE,
  excludeCredentials: known.map(descriptor),
  authenticatorSelection: {
    residentKey: 'preferred',
    requireResidentKey: false,
    userVerification: 'preferred',
  },
  attestation: 'none',
});

/**
 * What a browser is asked for to sign in (`PublicKeyCredentialRequestOptionsJSON`, section 5.5).
 * @param known of the person; none: whichever passkey of this site the browser has, so that nobody learns who has one
 */
export const requestOptions = (
  { rpId }: Party,
  challenge: string,
  known: readonly Passkey[],
  userVerification: 'required' | 'preferred',
): JsonObject => ({
  rpId,
  challenge,
  timeout: PATIENCE,
  allowCredentials: known.map(descriptor),
  userVerification,
});

const descriptor = ({ id, transports }: Passkey): JsonObject => ({
  id,
  type: 'public-key',
  transports: [...transports],
});

/** The id of the credential that a browser's answer is of; undefined where it is none. */
export function credentialId(answer: Json | undefined): string | undefined {
  if (!isObject(answer) || answer.type !== 'public-key' || answer.rawId !== answer.id) return undefined;
  return text(answer.id, MAX_ID);
}

/** The challenge that an answer says it is of; what it says is believed when it was verified, not before. */
export function challengeOf(answer: Json | undefined): string | undefined {
  if (!isObject(answer) || !isObject(answer.response)) return undefined;
  const client = clientDataOf(answer.response);
  return client === undefined ? undefined : text(client.challenge, 100);
}

/** The person that an authenticator says it keeps the passkey for; undefined where it does not say. */
export function userHandle(answer: Json | undefined): string | undefined {
  if (!isObject(answer) || !isObject(answer.response)) return undefined;
  const handle = text(answer.response.userHandle, 88);
  return handle === undefined ? undefined : Buffer.from(handle, 'base64url').toString();
}

/**
 * A new passkey (section 7.1), as it is to be kept, and what its counter says; undefined where anything does not hold.
 * Attestation is not asked for: an authenticator that brings one all the same may only have signed it with the passkey
 * itself. To check another's would mean to fetch lists from addresses that its sender wrote.
 */
export async function readRegistration(
  answer: Json | undefined,
  challenge: string,
  { origin, rpId }: Party,
): Promise<{ readonly passkey: Passkey; readonly counter: number } | undefined> {
  const id = credentialId(answer);
  if (id === undefined || !isObject(answer) || !isObject(answer.response)) return undefined;
  const { clientDataJSON, attestationObject, transports } = answer.response;
  const client = text(clientDataJSON, MAX_PART);
  const attested = text(attestationObject, MAX_PART);
  if (client === undefined || attested === undefined || isFramed(answer.response)) return undefined;
  const response: RegistrationResponseJSON = {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: { clientDataJSON: client, attestationObject: attested },
  };
  const [{ verifyRegistrationResponse }, { decodeAttestationObject }] = await webauthn();
  try {
    const statement = decodeAttestationObject(Buffer.from(attested, 'base64url'));
    const format = statement.get('fmt');
    if (format !== 'none' && (format !== 'packed' || statement.get('attStmt').get('x5c') !== undefined))
      return undefined;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified || registrationInfo.credential.id !== id) return undefined;
    const { credential, credentialDeviceType } = registrationInfo;
    return {
      passkey: {
        id,
        key: Buffer.from(credential.publicKey).toString('base64url'),
        transports: Array.isArray(transports) ? TRANSPORTS.filter((one) => transports.includes(one)) : [],
        synced: credentialDeviceType === 'multiDevice',
      },
      counter: credential.counter,
    };
  } catch {
    // The library throws a plain Error for each thing that does not hold, with values of the answer in its words.
    return undefined;
  }
}

/** What an answer of a passkey came to. */
export interface Shown {
  readonly counter: number;
  /** The authenticator has made sure of its person: a PIN, a finger, a face. */
  readonly userVerified: boolean;
  /** The counter did not grow, so a second authenticator has the same key (section 6.1.1). */
  readonly cloned: boolean;
}

/** Whether the holder of the passkey has signed this challenge for this site (section 7.2); undefined where not. */
export async function checkAssertion(
  answer: Json | undefined,
  challenge: string,
  { origin, rpId }: Party,
  passkey: Passkey,
  counter: number,
): Promise<Shown | undefined> {
  const id = credentialId(answer);
  if (id !== passkey.id || !isObject(answer) || !isObject(answer.response)) return undefined;
  const client = text(answer.response.clientDataJSON, MAX_PART);
  const authenticatorData = text(answer.response.authenticatorData, MAX_PART);
  const signature = text(answer.response.signature, MAX_PART);
  if (client === undefined || authenticatorData === undefined || signature === undefined) return undefined;
  if (isFramed(answer.response)) return undefined;
  const response: AuthenticationResponseJSON = {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: { clientDataJSON: client, authenticatorData, signature },
  };
  const [{ verifyAuthenticationResponse }] = await webauthn();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      // The counter is looked at below, once the signature has shown whose it is: a stranger must not cry clone.
      credential: { id, publicKey: new Uint8Array(Buffer.from(passkey.key, 'base64url')), counter: 0 },
      requireUserVerification: false,
    });
    if (!verified) return undefined;
    const { newCounter, userVerified } = authenticationInfo;
    const counts = newCounter > 0 || counter > 0;
    return { counter: newCounter, userVerified, cloned: counts && newCounter <= counter };
  } catch {
    return undefined;
  }
}

export const writePasskey = ({ id, key, transports, synced }: Passkey): string =>
  JSON.stringify({ id, key, transports, synced });

export const readPasskey = (held: string): Passkey => JSON.parse(held) as Passkey;

const webauthn = () =>
  Promise.all([import('@simplewebauthn/server'), import('@simplewebauthn/server/helpers')]);

/** The console is in nobody's frame; the library lets a framed answer pass where the browser names no outer page. */
function isFramed(response: JsonObject): boolean {
  const client = clientDataOf(response);
  return client === undefined || (client.crossOrigin ?? false) !== false || client.topOrigin !== undefined;
}

function clientDataOf({ clientDataJSON }: JsonObject): JsonObject | undefined {
  const written = text(clientDataJSON, MAX_PART);
  if (written === undefined) return undefined;
  try {
    const client: unknown = JSON.parse(Buffer.from(written, 'base64url').toString());
    return isObject(client) ? client : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: Json | undefined, most: number): string | undefined =>
  typeof value === 'string' && value.length <= most && BASE64URL.test(value) ? value : undefined;
