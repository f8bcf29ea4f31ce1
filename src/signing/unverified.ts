/**
 * Why a signature is not taken. Codes are for programs and never change their meaning: `malformed` and `unsupported`
 * mean that nobody can say, all others that the answer is no.
 */
export type UnverifiedCode =
  /** Not a bundle, not an envelope, not a statement: what it says cannot be read. */
  | 'malformed'
  /** Well-formed, and of a kind that is not known here. */
  | 'unsupported'
  /** The bytes are not what the key has signed. */
  | 'signature'
  /** Signed, by somebody who is not trusted for it. */
  | 'signer'
  /** The certificate, or its chain, does not hold. */
  | 'certificate'
  /** The transparency log does not have it, or does not prove so. */
  | 'log'
  | 'timestamp'
  /** What was signed contradicts itself. */
  | 'manifest'
  /** Policy asks for a signature against quantum computers as well, and there is none that holds. */
  | 'post_quantum'
  /** Policy asks for the result of a scan, and there is none that holds, or it is not clean. */
  | 'scan';

/** What was signed, or who signed it, could not be verified. Text of a bundle stands in the message as `shown()` gives it. */
export class Unverified extends Error {
  override readonly name = 'Unverified';
  readonly code: UnverifiedCode;

  constructor(code: UnverifiedCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
