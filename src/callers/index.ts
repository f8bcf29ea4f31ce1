/** The ways in which callers can be known; what a request brings tells which one it is. */
export { callerOfCertificate } from './certificate.ts';
export {
  callerOfToken,
  claimAt,
  isToken,
  meets,
  rolesIn,
  type TrustedIssuer,
  verifyToken,
} from './jwt/index.ts';
export { identifyKey } from './key.ts';
