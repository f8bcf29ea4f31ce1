/** Bearer tokens of an identity provider: JSON Web Tokens (RFC 7519) by the advice of RFC 8725 and RFC 9068. */
export { callerOfToken, claimAt, rolesIn } from './claims.ts';
export { isToken, meets, type TrustedIssuer, type VerifiedToken, verifyToken } from './verify.ts';
