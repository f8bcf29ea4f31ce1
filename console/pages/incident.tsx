import { announce } from '../base/announce.tsx';
import { getText, post, type Session, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment, span } from '../base/format.ts';
import { Link } from '../base/route.tsx';
import { save } from '../base/save.ts';
import { Badge } from '../ui/badge.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { IncidentRow } from './incidents.tsx';

interface Whole extends IncidentRow {
  readonly next_states: readonly string[];
  readonly links: {
    readonly exchanges: readonly string[];
    readonly callers: readonly string[];
    readonly models: readonly string[];
  };
  readonly measures: readonly {
    readonly number: number;
    readonly action: string;
    readonly on: Readonly<Record<string, string>>;
    readonly state: string;
    readonly reversible: boolean;
    readonly time: string;
  }[];
  readonly ms_to: {
    readonly detect: number | null;
    readonly contain: number | null;
    readonly recover: number | null;
  };
}

interface Moment {
  readonly time: string;
  readonly seq?: number;
  readonly [name: string]: unknown;
}

/** One incident: where it stands, what was done, and what may follow. */
export function Incident({ id, session }: { readonly id: string; readonly session: Session }) {
  const path = `/admin/v1/incidents/${encodeURIComponent(id)}`;
  const found = useData<Whole>(path);
  const timeline = useData<{ timeline: Moment[] }>(`${path}/timeline`);
  const mayWrite = session.may?.includes('incidents.write') === true;
  const mayContain = session.may?.includes('incidents.contain') === true;
  const act = (what: string, body: unknown, said: string) =>
    post(`${path}/${what}`, body).then(
      () => {
        announce(said);
        found.again();
        timeline.again();
      },
      (error) => announce(wordsOf(error)),
    );
  const exported = () =>
    getText(`${path}/postmortem`).then(
      (text) => save(`post-mortem-${id}.md`, 'text/markdown', text),
      (error) => announce(wordsOf(error)),
    );
  return (
    <Page title="Incident" says={<code>{id}</code>} actions={<Link to="incidents">All incidents</Link>}>
      <Show of={found}>
        {(incident) => (
          <>
            <h2>{incident.title}</h2>
            <dl class="facts">
              <div>
                <dt>State</dt>
                <dd>
                  <Badge word={incident.state} />
                </dd>
              </div>
              <div>
                <dt>Severity</dt>
                <dd>
                  <Badge word={incident.severity} />
                </dd>
              </div>
              <div>
                <dt>Owner</dt>
                <dd>{incident.owner ?? 'nobody yet'}</dd>
              </div>
              <div>
                <dt>Opened</dt>
                <dd>{moment(incident.opened)}</dd>
              </div>
              <div>
                <dt>Contained after</dt>
                <dd>{span(incident.ms_to.contain)}</dd>
              </div>
              <div>
                <dt>Callers</dt>
                <dd>{incident.links.callers.join(', ') || 'none linked'}</dd>
              </div>
            </dl>
            <div class="row">
              {mayWrite &&
                incident.next_states.map((to) => (
                  <button
                    type="button"
                    key={to}
                    onClick={() =>
                      act(
                        'move',
                        { to, version: incident.version, ...(to === 'closed' && { resolution: 'resolved' }) },
                        `It is ${to} now.`,
                      )
                    }
                  >
                    Move to {to}
                  </button>
                ))}
              <button type="button" onClick={exported}>
                Save the post-mortem
              </button>
            </div>
            <Table
              title="Measures"
              rows={incident.measures}
              id={({ number }) => String(number)}
              empty={<p>Nothing was done against it yet.</p>}
              columns={[
                { name: 'action', label: 'Action', value: ({ action }) => action },
                { name: 'on', label: 'On', value: ({ on }) => Object.values(on).join(', ') },
                {
                  name: 'state',
                  label: 'State',
                  value: ({ state }) => state,
                  shown: ({ state }) => <Badge word={state} />,
                },
                { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
                {
                  name: 'number',
                  label: 'Act',
                  value: ({ number }) => number,
                  shown: ({ number, action, reversible, state }) =>
                    mayContain && reversible && state !== 'undone' ? (
                      <button
                        class="small"
                        type="button"
                        onClick={() => act('undo', { measure: number }, `${action} is undone.`)}
                      >
                        Undo<span class="unseen"> {action}</span>
                      </button>
                    ) : null,
                },
              ]}
            />
          </>
        )}
      </Show>
      <Show of={timeline}>
        {({ timeline: moments }) => (
          <Table
            title="Timeline"
            rows={moments}
            id={(row) => JSON.stringify(row)}
            empty={<p>It writes itself from the ledger.</p>}
            columns={[
              { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
              {
                name: 'what',
                label: 'What',
                value: ({ time: _time, ...rest }) => JSON.stringify(rest),
                shown: ({ time: _time, ...rest }) => <Told moment={rest} />,
              },
            ]}
          />
        )}
      </Show>
      {mayWrite && (
        <Form
          send="Comment"
          onSend={async ({ text }) => {
            await post(`${path}/comment`, { text });
            announce('The comment is kept.');
            timeline.again();
          }}
        >
          <Field
            label="Comment"
            name="text"
            required
            hint="Its text stays out of the ledger; its digest is in it."
          />
        </Form>
      )}
    </Page>
  );
}

const Told = ({ moment: facts }: { readonly moment: Readonly<Record<string, unknown>> }) => (
  <>
    {Object.entries(facts)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => (
        <span class="fact" key={name}>
          {name}: {typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)}
        </span>
      ))}
  </>
);
