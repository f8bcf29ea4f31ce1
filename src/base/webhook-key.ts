/** Bytes of a key that is long enough, and too long. */
const [LEAST, MOST] = [24, 64];

/**
 * The key of a webhook's secret, `whsec_` and base64; undefined where it is none (Standard Webhooks, "Signature scheme":
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export function webhookKey(secret: string): Uint8Array | undefined {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = text === undefined ? undefined : Buffer.from(text, 'base64');
  return key !== undefined && key.length >= LEAST && key.length <= MOST ? key : undefined;
}
