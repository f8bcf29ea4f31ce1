import type { SignInDrill } from '../drill.ts';

/** Names and passphrases from somebody else's leak, and a key that has got about. */
export const credentialStuffing: SignInDrill = {
  plays: 'sign-ins',
  name: 'credential-stuffing',
  about: 'wrong sign-ins from one network, and one key from many (behind a trusted proxy on this machine)',
  technique: 'AML.T0012',
  // Fewer than a network has free before it is slowed down.
  attempts: 12,
  networks: 16,
};
