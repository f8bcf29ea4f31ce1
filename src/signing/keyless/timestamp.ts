import { createHash } from 'node:crypto';
import { type Certificate, extendedKeyUsageOf, OID } from '../certificate.ts';
import { verifyChain } from '../chain.ts';
import {
  context,
  type Der,
  expect,
  inside,
  oidOf,
  readDer,
  smallIntegerOf,
  TAG,
  timeOf,
  writeDer,
} from '../der.ts';
import { isSignature } from '../keys.ts';
import { Unverified } from '../unverified.ts';
import { type Authority, wasValid } from './trusted-root.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Hashes by the algorithm of a signature; where it names only the kind of key, that of the signer's digest. */
const SIGNATURES: Readonly<Record<string, string | undefined>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

const failed = (how: string) => new Unverified('timestamp', `the timestamp does not hold: ${how}`);

/**
 * The time at which an authority saw a signature (RFC 3161), in milliseconds since 1970. The authority's certificate is
 * the one in the trusted root; those that the timestamp brings along are not looked at.
 *
 * Throws {@link Unverified} `timestamp`.
 */
export function verifyTimestamp(
  response: Uint8Array,
  signature: Uint8Array,
  authorities: readonly Authority[],
): number {
  const [status, token] = inside(readDer(response), TAG.sequence);
  if (smallIntegerOf(inside(expect(status, TAG.sequence))[0]) > 1) throw failed('it was refused');
  const { info, signer } = readSignedData(expect(token, TAG.sequence));
  const [, , imprint, , time] = inside(readDer(info), TAG.sequence);
  const [algorithm, digest] = inside(expect(imprint, TAG.sequence), TAG.sequence);
  const hash = hashOf(algorithm);
  if (!createHash(hash).update(signature).digest().equals(expect(digest, TAG.octets).content))
    throw failed('it is of another signature');
  const at = timeOf(time);
  for (const authority of authorities) {
    const [leaf, ...above] = authority.chain;
    if (leaf === undefined || !wasValid(authority, at) || !isOf(signer, leaf)) continue;
    verifySigner(signer, info, leaf);
    if (extendedKeyUsageOf(leaf)?.has(OID.timeStamping) !== true)
      throw failed('its certificate is for something else');
    verifyChain(leaf, above.slice(0, -1), above.slice(-1), at, OID.timeStamping);
    return at;
  }
  throw failed('no authority that is trusted has made it');
}

/** CMS (RFC 5652): the content, and who signed it. One signer, as RFC 3161 demands. */
function readSignedData(token: Der): { info: Uint8Array; signer: Der[] } {
  const [type, holder] = inside(token);
  if (oidOf(type) !== SIGNED_DATA) throw failed('it is not signed');
  const parts = inside(inside(expect(holder, context(0)))[0] as Der, TAG.sequence);
  const [contentType, content] = inside(expect(parts[2], TAG.sequence));
  if (oidOf(contentType) !== TST_INFO) throw failed('it is about something else');
  const info = expect(inside(expect(content, context(0)))[0], TAG.octets).content;
  const signers = inside(expect(parts.at(-1), TAG.set));
  const [signer] = signers;
  if (signer === undefined || signers.length > 1) throw failed('it has not one signer');
  return { info, signer: inside(signer, TAG.sequence) };
}

/** Whether a certificate is the one that the signer names: by issuer and serial number. */
function isOf(signer: readonly Der[], { issuer, serial }: Certificate): boolean {
  if (signer[1]?.tag !== TAG.sequence) return false;
  const [name, number] = inside(signer[1]);
  return (
    name !== undefined && issuer.equals(name.whole) && number !== undefined && serial.equals(number.content)
  );
}

function verifySigner(signer: readonly Der[], info: Uint8Array, leaf: Certificate): void {
  const hash = hashOf(signer[2]);
  const attributes = expect(signer[3], context(0));
  const values = new Map(
    inside(attributes).map((one) => {
      const [oid, set] = inside(one, TAG.sequence);
      return [oidOf(oid), inside(expect(set, TAG.set))[0]] as const;
    }),
  );
  const digest = createHash(hash).update(info).digest();
  if (!digest.equals(expect(values.get(MESSAGE_DIGEST), TAG.octets).content))
    throw failed('its content was changed');
  if (oidOf(values.get(CONTENT_TYPE)) !== TST_INFO) throw failed('it is about something else');
  const algorithm = oidOf(inside(expect(signer[4], TAG.sequence))[0]);
  // Signed as a SET, whatever tag it has in its place (RFC 5652, section 5.4).
  const signed = writeDer(TAG.set, attributes.content);
  const signature = expect(signer[5], TAG.octets).content;
  const by = Object.hasOwn(SIGNATURES, algorithm) ? SIGNATURES[algorithm] : undefined;
  if (by === undefined || !isSignature(by, signed, leaf.publicKey, signature)) throw failed('it is forged');
}

function hashOf(algorithm: Der | undefined): string {
  const oid = oidOf(inside(expect(algorithm, TAG.sequence))[0]);
  const name = Object.hasOwn(HASHES, oid) ? HASHES[oid] : undefined;
  if (name === undefined) throw failed('its hash is not known');
  return name;
}
