/** Where people sign in, and see to their own sessions and factors. */
export const isAuthPath = (path: string): boolean => path.startsWith('/auth/v1/');
