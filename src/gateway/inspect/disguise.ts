import { createHmac, createSecretKey, type KeyObject, randomBytes, randomInt } from 'node:crypto';
import { hashOf } from '../../pseudonyms/hash.ts';
import { Pseudonyms, type StandInBook } from '../../pseudonyms/pseudonyms.ts';
import { Written } from '../../pseudonyms/written.ts';
import type { Disguise } from './inspection.ts';

interface DisguiseOptions {
  readonly tenant?: string;
  /** Of the tenant; asked for where it is needed. */
  readonly key?: () => KeyObject;
  /** Texts of the request: what occurs in them is no stand-in. */
  readonly texts?: () => Iterable<string>;
  /** Where stand-ins outlive the request. */
  readonly book?: StandInBook | undefined;
}

/** What one request and its reply have in common. Without options, nothing of it outlives them. */
export function openDisguise({
  tenant,
  key = () => createSecretKey(randomBytes(32)),
  texts = () => [],
  book,
}: DisguiseOptions = {}): Disguise {
  let all: Written | undefined;
  const isTaken = (text: string) => {
    all ??= new Written([...texts()].join('\n').toLowerCase());
    return all.has(text);
  };
  let own: KeyObject | undefined;
  return {
    tenant,
    pseudonyms: new Pseudonyms({ random: (below) => randomInt(below), isTaken, book }),
    hash(reason, value) {
      own ??= key();
      return hashOf(own, reason, value);
    },
  };
}

/** One tenant's key, from the gateway's: what one tenant sees says nothing of another's. */
export const tenantKey = (key: KeyObject, tenant: string): KeyObject =>
  createSecretKey(
    createHmac('sha256', key)
      .update(JSON.stringify(['pseudonyms', tenant]))
      .digest(),
  );
