import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { Area } from '../ui/area.tsx';
import { Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import type { Change, Incident } from './incident.ts';

interface Comment {
  readonly id: string;
  readonly time: string;
  readonly by: { readonly name: string };
  readonly text: string | null;
}

interface Props {
  readonly incident: Incident;
  /** Undefined: the person may only look. */
  readonly change: Change | undefined;
}

/** What people said of it. */
export function Comments({ incident: { id, version, comments: count }, change }: Props) {
  const found = useData<{ comments: Comment[] }>(
    `/admin/v1/incidents/${encodeURIComponent(id)}/comments`,
    count,
  );
  return (
    <section class="card" aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      <Show of={found}>
        {({ comments }) =>
          comments.length === 0 ? (
            <p class="quiet">Nobody said anything yet.</p>
          ) : (
            <ul class="comments">
              {comments.map((comment) => (
                <li key={comment.id}>
                  <b>{comment.by.name}</b> <span class="quiet">{moment(comment.time)}</span>
                  <p class="message">
                    {comment.text ?? <i>It was erased, or is not what the ledger has the digest of.</i>}
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
      {change && (
        <Form
          key={version}
          send="Comment"
          onSend={({ text }) => change('comment', { text }, 'The comment is kept.')}
        >
          <Area
            label="Comment"
            name="text"
            maxlength={20_000}
            hint="Its text stays out of the ledger, sealed where there is a vault; the ledger has its digest."
            required
          />
        </Form>
      )}
    </section>
  );
}
