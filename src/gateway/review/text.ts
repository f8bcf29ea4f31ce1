import type { Review } from '../../store/reviews.ts';
import type { Gate } from '../house.ts';

/** The text that is held; undefined where its key was destroyed, or it is not what was sealed for this request. */
export const openHeld = ({ vault }: Gate, { sealed, request }: Review): Promise<string | undefined> =>
  // About a model or a measure nothing is held.
  sealed.length === 0 ? Promise.resolve(undefined) : open(vault, sealed, request, 'review');

/** Why it was decided so, in the words of who did. */
export const openReason = ({ vault }: Gate, { reason, id }: Review): Promise<string | undefined> =>
  reason === null ? Promise.resolve(undefined) : open(vault, reason, id, 'comment');

async function open(
  vault: Gate['vault'],
  sealed: Uint8Array,
  request: string,
  kind: 'review' | 'comment',
): Promise<string | undefined> {
  const opened = await vault?.openShort(sealed);
  return opened?.head.request === request && opened.head.kind === kind ? opened.text : undefined;
}
