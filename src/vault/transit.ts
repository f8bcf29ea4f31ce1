import { createHash, timingSafeEqual } from 'node:crypto';
import { Agent, request } from 'undici';
import { isObject, type Json } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import { type MasterKey, WrongKey } from './master.ts';

/** Where the transit engine is, and with what to ask it. */
export interface TransitPlace {
  /** `https://vault.example.com:8200` */
  readonly url: string;
  /** Where the engine is mounted, `transit`. */
  readonly mount: string;
  /** Name of the key there. */
  readonly key: string;
  readonly token: Secret;
  readonly namespace: string | undefined;
  /** Milliseconds for one answer. */
  readonly timeout: number;
}

/** An answer is a wrapped key of some 100 bytes, or a few words. */
const ANSWER_BYTES = 64 * 1024;

/** Ciphertexts of the transit engine name the version of its key: `vault:v3:…`. */
const CIPHERTEXT = /^vault:v[1-9]\d{0,8}:[A-Za-z0-9+/=]{1,4096}$/;

/** The service did not do it. Holds its status and never its words, which may be anything. */
export class TransitFailed extends Error {
  override readonly name = 'TransitFailed';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(status: number, cause?: unknown) {
    super(status === 0 ? 'the key service does not answer' : `the key service answered ${status}`, { cause });
    this.status = status;
  }
}

/**
 * A master key that stays in a transit secrets engine (HashiCorp Vault, OpenBao): it is never in this process.
 * https://developer.hashicorp.com/vault/api-docs/secret/transit
 *
 * What a wrapped key is for is hashed into what is encrypted, so that one put in another's place does not unwrap. The
 * engine's own `associated_data` would do the same, but `rewrap` does not take it.
 */
export function transitMaster(name: string, place: TransitPlace): MasterKey {
  const agent = new Agent({ connections: 8, connect: { timeout: place.timeout } });
  const ask = async (act: string, body: Record<string, string>): Promise<Record<string, Json>> => {
    const path = [...place.mount.split('/'), act, place.key].map(encodeURIComponent).join('/');
    const headers = {
      'content-type': 'application/json',
      'x-vault-token': place.token.reveal(),
      // Proof that it was not a browser that was led here (Vault asks for it where it is set up to).
      'x-vault-request': 'true',
      ...(place.namespace !== undefined && { 'x-vault-namespace': place.namespace }),
    };
    return dataOf(
      await request(`${place.url}/v1/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        dispatcher: agent,
        signal: AbortSignal.timeout(place.timeout),
      }).catch((cause) => {
        throw new TransitFailed(0, cause);
      }),
    );
  };
  const ciphertext = ({ ciphertext: text }: Record<string, Json>): string => {
    if (typeof text !== 'string' || !CIPHERTEXT.test(text)) throw new TransitFailed(502);
    return text;
  };
  return {
    name,
    kind: 'transit',
    async wrap(key, about) {
      const plaintext = Buffer.concat([key, digestOf(about)]);
      const text = plaintext.toString('base64');
      plaintext.fill(0);
      return ciphertext(await ask('encrypt', { plaintext: text }));
    },
    async unwrap(wrapped, about) {
      if (!CIPHERTEXT.test(wrapped)) throw new WrongKey('not a ciphertext of a transit engine');
      const { plaintext } = await ask('decrypt', { ciphertext: wrapped }).catch((error) => {
        // The engine answers 400 for what it cannot decrypt, whatever the reason.
        if (!(error instanceof TransitFailed) || error.status !== 400) throw error;
        throw new WrongKey('not unwrapped', { cause: error });
      });
      if (typeof plaintext !== 'string') throw new TransitFailed(502);
      const bytes = Buffer.from(plaintext, 'base64');
      const wanted = digestOf(about);
      if (bytes.length < wanted.length || !timingSafeEqual(bytes.subarray(-wanted.length), wanted)) {
        throw new WrongKey('wrapped for something else');
      }
      return bytes.subarray(0, -wanted.length);
    },
    rewrap: async (wrapped) => ciphertext(await ask('rewrap', { ciphertext: wrapped })),
    close: () => void agent.close().catch(() => {}),
  };
}

const digestOf = (about: string): Buffer => createHash('sha256').update(about).digest();

async function dataOf({
  statusCode,
  body,
}: Awaited<ReturnType<typeof request>>): Promise<Record<string, Json>> {
  let answer: unknown;
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > ANSWER_BYTES) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
    answer = statusCode === 200 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
  } catch (cause) {
    throw new TransitFailed(502, cause);
  }
  if (statusCode !== 200) throw new TransitFailed(statusCode);
  if (!isObject(answer) || !isObject(answer.data)) throw new TransitFailed(502);
  return answer.data;
}
