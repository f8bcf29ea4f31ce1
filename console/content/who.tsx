import type { Session } from '../base/api.ts';

/** Said in the place of a text to somebody who may not read it. */
export const WhoMayRead = ({ session: { readers = [] } }: { readonly session: Session }) => (
  <p class="quiet">
    The text is sealed, and none of your roles may read it (<code>content.read</code>).{' '}
    {readers.length > 0 ? `These may: ${readers.join(', ')}.` : 'No role of the policy may.'}
  </p>
);
