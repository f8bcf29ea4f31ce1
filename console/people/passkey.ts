import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

/** Browsers make no passkeys for an IP address: what one belongs to is a domain (WebAuthn, relying party identifier). */
const ADDRESS = /^[\d.]+$|^\[/;

/** Whether this browser has passkeys, and this page an address for which there are any. */
export const hasPasskeys = (): boolean =>
  window.PublicKeyCredential !== undefined &&
  window.isSecureContext &&
  !ADDRESS.test(window.location.hostname);

/** Lets the browser ask its person. Throws with words of ours where they do not, or cannot. */
async function asked<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch {
    throw new Error('The browser gave no passkey. Try again, or use a code.');
  }
}

export const showPasskey = (optionsJSON: PublicKeyCredentialRequestOptionsJSON) =>
  asked(() => startAuthentication({ optionsJSON }));

export const makePasskey = (optionsJSON: PublicKeyCredentialCreationOptionsJSON) =>
  asked(() => startRegistration({ optionsJSON }));

export interface Asks {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}

export interface Makes {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}
