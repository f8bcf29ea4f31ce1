import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A master key: wraps the keys of months and nothing else. It may be in this process or in another. */
export interface MasterKey {
  /** Its name in the settings; what it has wrapped is stored with it. */
  readonly name: string;
  /** Where it is: `local`, or the kind of service. */
  readonly kind: 'local' | 'transit';
  /** @param about authenticated with the key: it unwraps for the same only. Rejects where the service does not answer */
  wrap(key: Uint8Array, about: string): Promise<string>;
  /** Rejects with {@link WrongKey} where the text was not wrapped by this key, or was for something else. */
  unwrap(wrapped: string, about: string): Promise<Buffer>;
  /** The same under the newest version of the master key, without the key leaving the service where that can be. */
  rewrap(wrapped: string, about: string): Promise<string>;
  /** Forgets the key. */
  close(): void;
}

/** Not wrapped by this key, for something else, or changed. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

const VERSION = 'v1';

/** Wraps with AES-256-GCM: `v1.` and nonce, ciphertext and tag in base64url. */
export function wrapWith(master: Uint8Array, key: Uint8Array, about: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${sealed.toString('base64url')}`;
}

/** Throws {@link WrongKey}. */
export function unwrapWith(master: Uint8Array, wrapped: string, about: string): Buffer {
  const [version, text = '', more] = wrapped.split('.');
  const sealed = Buffer.from(text, 'base64url');
  // One spelling only: base64 has bits to spare at its end.
  const fits = version === VERSION && more === undefined && sealed.toString('base64url') === text;
  if (!fits || sealed.length < 28) throw new WrongKey('not a wrapped key of this version');
  try {
    const decipher = createDecipheriv('aes-256-gcm', master, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch (cause) {
    throw new WrongKey('not wrapped by this key', { cause });
  }
}

/** A master key in the memory of this process. */
export function localMaster(name: string, given: Uint8Array): MasterKey {
  const bytes = Buffer.from(given);
  let closed = false;
  // All zeros would be a key too.
  const master = () => {
    if (closed) throw new Error('the master key is closed');
    return bytes;
  };
  return {
    name,
    kind: 'local',
    wrap: async (key, about) => wrapWith(master(), key, about),
    unwrap: async (wrapped, about) => unwrapWith(master(), wrapped, about),
    async rewrap(wrapped, about) {
      const key = unwrapWith(master(), wrapped, about);
      const anew = wrapWith(master(), key, about);
      key.fill(0);
      return anew;
    },
    close() {
      closed = true;
      bytes.fill(0);
    },
  };
}

/** 32 bytes in hex or base64; undefined where the text is anything else. */
export function readMasterKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64');
  return undefined;
}
