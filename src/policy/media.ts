import { OPAQUE_KINDS } from '../exchange/part.ts';
import type { Policy } from './policy.ts';

/** Whether content that no guard can read may pass: its media type, the type's family, or its kind is allowed. */
export function allowsMedia(policy: Policy, media: string): boolean {
  const type = media.toLowerCase();
  return policy.media.has(type) || policy.media.has(`${type.slice(0, type.indexOf('/') + 1)}*`);
}

/** What may stand under `media.allow`: a kind, or a media type (RFC 6838, section 4.2) or its family. */
export function isMedia(entry: string): boolean {
  return (
    (OPAQUE_KINDS as readonly string[]).includes(entry) ||
    /^[a-z0-9][\w!#$&^.+-]*\/(\*|[a-z0-9][\w!#$&^.+-]*)$/i.test(entry)
  );
}
