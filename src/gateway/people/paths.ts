/** Where people sign in, and see to their own sessions and factors. */
export const isAuthPath = (path: string): boolean => path.startsWith('/auth/v1/');

/** Where OpenID providers send people back to; the provider's name in the settings is the rest. */
export const CALLBACK = '/auth/v1/oidc/callback/';

/** Pages to which another site may lead a browser. */
export const isLanding = (path: string): boolean => path.startsWith(CALLBACK);
