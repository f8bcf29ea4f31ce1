import { useEffect, useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { get, post, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { left, moment } from '../base/format.ts';
import { pathTo } from '../base/route.tsx';
import { Text } from '../content/texts.tsx';
import type { PageProps } from '../pages/index.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { type Asked, differencesOf, type Proposal, pathNow, wordsFor } from './proposal.ts';

/** Acts that wait for a second person. Nobody approves their own. */
export function Proposals({ session }: PageProps) {
  const found = useData<{ proposals: Proposal[] }>('/admin/v1/proposals');
  const [answer, setAnswer] = useState<{ readonly title: string; readonly text: string }>();
  const { again } = found;
  // Whoever comes back to the window sees what others have done meanwhile.
  useEffect(() => {
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [again]);
  const mayDecide = session.may?.includes('proposals.decide') === true;
  const act = ({ id }: Proposal, what: 'approve' | 'refuse', said: string) =>
    post(`/admin/v1/proposals/${encodeURIComponent(id)}/${what}`).then(
      () => {
        announce(said);
        again();
      },
      (error) => announce(wordsOf(error)),
    );
  const doIt = (proposal: Proposal) =>
    repeated(proposal.request).then(
      (done) => {
        setAnswer({ title: wordsFor(proposal), text: JSON.stringify(done, null, 2) });
        again();
      },
      (error) => announce(wordsOf(error)),
    );
  return (
    <>
      <div class="row">
        <button class="small" type="button" onClick={again}>
          Look again
        </button>
      </div>
      <Show of={found}>
        {({ proposals }) => (
          <Table
            title="Proposals"
            rows={proposals}
            id={({ id }) => id}
            empty={<Empty />}
            columns={[
              {
                name: 'what',
                label: 'What',
                value: wordsFor,
                shown: (proposal) => <What proposal={proposal} />,
              },
              { name: 'name', label: 'Proposed by', value: ({ name }) => name },
              {
                name: 'created',
                label: 'Since',
                value: ({ created }) => created,
                shown: ({ created }) => moment(created),
              },
              {
                name: 'expires',
                label: 'Good until',
                value: ({ expires }) => expires,
                shown: ({ expires }) => `${moment(expires)} (${left(Date.parse(expires) - Date.now())})`,
              },
              {
                name: 'approver',
                label: 'State',
                value: ({ approver_name: approver }) =>
                  approver === null ? 'waiting' : `approved by ${approver}`,
                shown: ({ approver_name: approver }) =>
                  approver === null ? <Badge word="waiting" /> : <>approved by {approver}</>,
              },
              {
                name: 'id',
                label: 'Act',
                value: ({ id }) => id,
                shown: (proposal) => {
                  const own = proposal.person === session.person.id;
                  return (
                    <div class="acts">
                      {own && proposal.approver === null && (
                        <span class="quiet">Yours: somebody else must approve it.</span>
                      )}
                      {own && proposal.approver !== null && (
                        <button class="small" type="button" onClick={() => doIt(proposal)}>
                          Do it now<span class="unseen"> {proposal.id}</span>
                        </button>
                      )}
                      {!own && mayDecide && proposal.approver === null && (
                        <button
                          class="small"
                          type="button"
                          onClick={() => act(proposal, 'approve', 'It is approved.')}
                        >
                          Approve<span class="unseen"> {proposal.id}</span>
                        </button>
                      )}
                      {mayDecide && (
                        <button
                          class="small"
                          type="button"
                          onClick={() =>
                            act(proposal, 'refuse', own ? 'It is taken back.' : 'It is refused.')
                          }
                        >
                          {own ? 'Take back' : 'Refuse'}
                          <span class="unseen"> {proposal.id}</span>
                        </button>
                      )}
                    </div>
                  );
                },
              },
            ]}
          />
        )}
      </Show>
      {answer && (
        <Dialog title={answer.title} onClose={() => setAnswer(undefined)}>
          <p>It is done. The gateway answers:</p>
          <Text text={answer.text} marks={[]} label="Answer" />
          <button class="main" type="button" onClick={() => setAnswer(undefined)}>
            Close
          </button>
        </Dialog>
      )}
    </>
  );
}

/** The very call that was proposed: any other one would be another proposal. */
function repeated({ method, path, query, body }: Asked): Promise<unknown> {
  const where = pathTo(path, query);
  return method === 'GET' ? get<unknown>(where) : post<unknown>(where, body);
}

/** What would be done, and what it would change, as far as that can be seen. */
function What({ proposal }: { readonly proposal: Proposal }) {
  const { request, operation } = proposal;
  const now = useNow(pathNow(request));
  return (
    <>
      <b>{wordsFor(proposal)}</b> <code class="quiet">{operation}</code>
      <ul class="findings">
        {differencesOf(request, now).map(({ field, before, after }) => (
          <li key={field}>
            {field}:{' '}
            {before !== undefined && (
              <>
                <del>{before}</del> →{' '}
              </>
            )}
            {after.length > 100 || after.includes('\n') ? (
              <Text text={after} marks={[]} label={field} />
            ) : (
              <b>{after}</b>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What is there now; nothing where it may not be seen. */
function useNow(path: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const [now, setNow] = useState<Readonly<Record<string, unknown>>>();
  useEffect(() => {
    if (path === undefined) return;
    const stopping = new AbortController();
    get<Readonly<Record<string, unknown>>>(path, stopping.signal).then(setNow, () => {});
    return () => stopping.abort();
  }, [path]);
  return now;
}

const Empty = () => (
  <>
    <p>Nothing waits. For what nobody should do alone, the policy names actions:</p>
    <pre>two_people: [content.read, people.write]</pre>
    <p>
      Such an act is proposed here. When another person has approved it, whoever proposed it asks again, and
      it is done.
    </p>
  </>
);
