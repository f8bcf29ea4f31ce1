import { Unverified } from './unverified.ts';

/**
 * Base64 as protobuf's JSON allows it: the standard or the URL-safe alphabet, with or without padding, but not both
 * alphabets at once, nothing between, and no bits to spare at the end that are not zero.
 *
 * Throws {@link Unverified} `malformed`.
 */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  const bare = text.replace(/={1,2}$/, '');
  const padded = bare.length !== text.length;
  const written = bytes.toString(/[-_]/.test(text) ? 'base64url' : 'base64').replace(/={1,2}$/, '');
  if (written !== bare || (padded && text.length % 4 !== 0))
    throw new Unverified('malformed', `${what} is not base64`);
  return bytes;
}
