/** A key, without what makes it one. */
export interface Key {
  readonly id: string;
  readonly state: string;
  readonly created: string;
  readonly expires: string | null;
}

/** A program that may ask (`GET /admin/v1/callers/ID`). */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly created: string;
  readonly disabled: string | null;
  readonly keys: readonly Key[];
}

/** Somebody whom an issuer or a certificate vouches for (`GET /admin/v1/identities/ID`). */
export interface Identity {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly created: string;
  readonly disabled: string | null;
}

/** They have ids of their own. */
export const isIdentity = (id: string): boolean => /^(?:oidc|cert)_/.test(id);
