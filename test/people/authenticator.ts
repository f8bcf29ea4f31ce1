import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/**
 * An authenticator in software, written from the W3C's text (Web Authentication, Level 3, sections 6.1, 6.5 and 7) and
 * RFC 9052: it makes key pairs and signs challenges, and can be told to do each thing wrongly.
 */

type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>;

/** CBOR (RFC 8949), as far as an authenticator writes it. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const pairs = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  const bytes = Buffer.from([(major << 5) | 25, 0, 0]);
  bytes.writeUInt16BE(value, 1);
  return bytes;
}

const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;
const AT = 0x40;

export interface Wrongs {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly crossOrigin?: boolean;
  /** Another key signs. */
  readonly key?: KeyObject;
  readonly format?: string;
  readonly statement?: ReadonlyMap<string, Cbor>;
}

export interface CreationOptions {
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
  readonly excludeCredentials: readonly object[];
  readonly authenticatorSelection: object;
  readonly attestation: string;
}

export interface RequestOptions {
  readonly rpId: string;
  readonly challenge: string;
  readonly allowCredentials: readonly { readonly id: string }[];
  readonly userVerification: string;
}

export class Authenticator {
  readonly id = randomBytes(32);
  readonly origin: string;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly #algorithm: 'ES256' | 'EdDSA';
  /** Kept by its maker on several devices: it counts nothing. */
  readonly #synced: boolean;
  counter = 0;
  userHandle: string | undefined;

  constructor(origin: string, algorithm: 'ES256' | 'EdDSA' = 'ES256', synced = false) {
    this.origin = origin;
    this.#algorithm = algorithm;
    this.#synced = synced;
    this.#keys =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  }

  /** `navigator.credentials.create()`, and `toJSON()` of what it gives. */
  create(options: CreationOptions, wrong: Wrongs = {}) {
    this.userHandle = options.user.id;
    const client = this.#client('webauthn.create', options.challenge, wrong);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, this.#cose()]);
    const data = Buffer.concat([this.#data(options.rp.id, AT, wrong), attested]);
    const object = cbor(
      new Map<string, Cbor>([
        ['fmt', wrong.format ?? 'none'],
        ['attStmt', wrong.statement ?? new Map()],
        ['authData', data],
      ]),
    );
    return {
      id: this.id.toString('base64url'),
      rawId: this.id.toString('base64url'),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: client.toString('base64url'),
        attestationObject: object.toString('base64url'),
        transports: ['internal', 'made-up'],
      },
    };
  }

  /** `navigator.credentials.get()`. */
  get(options: RequestOptions, wrong: Wrongs = {}) {
    const client = this.#client('webauthn.get', options.challenge, wrong);
    const data = this.#data(options.rpId, 0, wrong);
    const hash = createHash('sha256').update(client).digest();
    const signed = Buffer.concat([data, hash]);
    const key = wrong.key ?? this.#keys.privateKey;
    const signature = sign(this.#algorithm === 'ES256' ? 'sha256' : null, signed, key);
    const handle = wrong.userHandle ?? this.userHandle;
    return {
      id: this.id.toString('base64url'),
      rawId: this.id.toString('base64url'),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(handle !== undefined && { userHandle: handle }),
      },
    };
  }

  /** Section 6.1. */
  #data(rpId: string, more: number, wrong: Wrongs): Buffer {
    const { userPresent = true, userVerified = true } = wrong;
    const flags = more | (userPresent ? UP : 0) | (userVerified ? UV : 0) | (this.#synced ? BE | BS : 0);
    if (!this.#synced) this.counter += 1;
    const tail = Buffer.alloc(5);
    tail.writeUInt8(flags);
    tail.writeUInt32BE(wrong.counter ?? this.counter, 1);
    return Buffer.concat([
      createHash('sha256')
        .update(wrong.rpId ?? rpId)
        .digest(),
      tail,
    ]);
  }

  /** Section 5.8.1. */
  #client(type: string, challenge: string, wrong: Wrongs): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: wrong.type ?? type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? this.origin,
        crossOrigin: wrong.crossOrigin ?? false,
      }),
    );
  }

  /** The public key as COSE writes it (RFC 9053, section 7). */
  #cose(): Buffer {
    const jwk = this.#keys.publicKey.export({ format: 'jwk' });
    const part = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
    return cbor(
      this.#algorithm === 'ES256'
        ? new Map<number, Cbor>([
            [1, 2],
            [3, -7],
            [-1, 1],
            [-2, part(jwk.x)],
            [-3, part(jwk.y)],
          ])
        : new Map<number, Cbor>([
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, part(jwk.x)],
          ]),
    );
  }
}
