import type { ApiError } from '../base/api.ts';
import { Link } from '../base/route.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface Props {
  readonly why: ApiError;
  /** @param again whether the act is to be asked for again, as it was */
  readonly onEnd: (again: boolean) => void;
}

/** An act that takes two people (`two_people` of the policy): where it waits, and the way on when it is approved. */
export const ApprovalNeeded = ({ why, onEnd }: Props) => (
  <Dialog title="Another person must approve" onClose={() => onEnd(false)}>
    <p>{why.message}</p>
    <p>
      They find it under{' '}
      <Link to="review/proposals" onFollow={() => onEnd(false)}>
        Review, Proposals
      </Link>
      . When they have approved, ask again just as before: here, there, or later by the same act. A proposal
      is good for an hour.
    </p>
    <div class="row">
      <button class="main" type="button" onClick={() => onEnd(true)}>
        Ask again
      </button>
      <button type="button" onClick={() => onEnd(false)}>
        Later
      </button>
    </div>
  </Dialog>
);
