import { useCallback, useMemo, useRef } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, type Session } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { useEvents } from '../base/events.ts';
import { Link } from '../base/route.tsx';
import { Comments } from '../incidents/comments.tsx';
import { Evidence } from '../incidents/evidence.tsx';
import { Facts } from '../incidents/facts.tsx';
import type { Change, Names, Incident as Whole } from '../incidents/incident.ts';
import { Links } from '../incidents/links.tsx';
import { Measures } from '../incidents/measures.tsx';
import { Path } from '../incidents/path.tsx';
import { Playbook } from '../incidents/playbook.tsx';
import { PostMortem } from '../incidents/post-mortem.tsx';
import { type Moment, Timeline } from '../incidents/timeline.tsx';
import { Page, Show } from '../ui/page.tsx';
import '../incidents/incidents.css';

/** One incident, and all the work on it: what others do to it meanwhile is seen as it happens. */
export function Incident({ id, session }: { readonly id: string; readonly session: Session }) {
  const path = `/admin/v1/incidents/${encodeURIComponent(id)}`;
  const found = useData<Whole>(path);
  const timeline = useData<{ timeline: Moment[] }>(`${path}/timeline`);
  const names = useNames(session);
  const { again: look } = found;
  const { again: lookAgain } = timeline;
  const again = useCallback(() => {
    look();
    lookAgain();
  }, [look, lookAgain]);
  const known = useRef(0);
  known.current = found.data?.version ?? 0;
  useEvents<{ version: number; moved: boolean }>(`${path}/live`, ({ version, moved }) => {
    if (moved || version > known.current) again();
  });
  const change: Change = useCallback(
    async (what, body, said) => {
      try {
        await post(`${path}/${what}`, body);
        announce(said);
      } finally {
        // Where it was refused somebody else may have changed it.
        again();
      }
    },
    [path, again],
  );
  const mayWrite = session.may?.includes('incidents.write') === true ? change : undefined;
  return (
    <Page title="Incident" says={<code>{id}</code>} actions={<Link to="incidents">All incidents</Link>}>
      <Show of={found}>
        {(incident) => {
          // What is closed is read; it is opened again by its state.
          const write = incident.state === 'closed' ? undefined : mayWrite;
          const to = { incident, names };
          return (
            <>
              <Facts incident={incident} self={session.person.login} change={write} />
              <Path incident={incident} change={mayWrite} />
              <div class="pair">
                <Measures {...to} session={session} change={change} />
                <Playbook incident={incident} session={session} change={change} />
              </div>
              <div class="card">
                <Show of={timeline}>{({ timeline: moments }) => <Timeline moments={moments} />}</Show>
              </div>
              <div class="pair">
                <Links {...to} change={write} />
                <Comments incident={incident} change={mayWrite} />
              </div>
              <div class="pair">
                <Evidence incident={incident} change={mayWrite} />
                <PostMortem incident={incident} />
              </div>
            </>
          );
        }}
      </Show>
    </Page>
  );
}

/** Callers by their ids, for those who may know them. */
function useNames(session: Session): Names {
  const may = session.may?.includes('callers.read') === true;
  const callers = useData<{ callers: { id: string; name: string }[] }>(may ? '/admin/v1/callers' : undefined);
  return useMemo(
    () => new Map((callers.data?.callers ?? []).map(({ id, name }) => [id, name] as const)),
    [callers.data],
  );
}
