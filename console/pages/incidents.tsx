import { STATES } from '../../src/incidents/states.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Drills } from '../incidents/drills.tsx';
import type { IncidentRow } from '../incidents/incident.ts';
import { OpenIncident } from '../incidents/open.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

export function Incidents({ session, place: { query } }: PageProps) {
  const given = {
    state: query.get('state') ?? '',
    open: query.get('open') ?? '',
    owner: query.get('owner') ?? '',
  };
  const found = useData<{ incidents: IncidentRow[] }>(pathTo('/admin/v1/incidents', given));
  return (
    <Page
      title="Incidents"
      says="What went wrong, who sees to it, and how far they are."
      actions={<OpenIncident session={session} main />}
    >
      <Filters
        fields={[
          { name: 'state', label: 'State', words: STATES },
          { name: 'open', label: 'Open', words: ['true'], says: { '': 'all', true: 'open only' } },
          { name: 'owner', label: 'Owner' },
        ]}
        values={given}
        onFilter={(values) => go(pathTo('incidents', values))}
      />
      <Show of={found}>
        {({ incidents }) => (
          <Table
            title="Incidents"
            rows={incidents}
            id={({ id }) => id}
            empty={
              <p>
                None. They are opened by <Link to="detections">detections</Link>, by people, or by a program
                that asks the API.
              </p>
            }
            columns={[
              {
                name: 'title',
                label: 'What',
                value: ({ title }) => title,
                shown: ({ id, title, drill }) => (
                  <>
                    <Link to={`incidents/${encodeURIComponent(id)}`}>{title}</Link>
                    {drill !== null && <span class="tag">drill</span>}
                  </>
                ),
              },
              {
                name: 'severity',
                label: 'Severity',
                value: ({ severity }) => severity,
                shown: ({ severity }) => <Badge word={severity} />,
              },
              {
                name: 'state',
                label: 'State',
                value: ({ state }) => state,
                shown: ({ state }) => <Badge word={state} />,
              },
              { name: 'owner', label: 'Owner', value: ({ owner }) => owner ?? 'nobody yet' },
              { name: 'origin', label: 'From', value: ({ origin, rule }) => rule ?? origin },
              {
                name: 'opened',
                label: 'Opened',
                value: ({ opened }) => opened,
                shown: ({ opened }) => <span class="nowrap">{moment(opened)}</span>,
              },
              {
                name: 'id',
                label: 'Id',
                value: ({ id }) => id,
                shown: ({ id }) => <code class="break">{id}</code>,
              },
            ]}
          />
        )}
      </Show>
      <Drills />
    </Page>
  );
}
