import { useState } from 'preact/hooks';
import { post } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Filters } from '../ui/filters.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

export interface IncidentRow {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly owner: string | null;
  readonly origin: string;
  readonly opened: string;
  readonly version: number;
}

const STATES = ['new', 'triage', 'contained', 'eradicated', 'recovered', 'closed'];

export function Incidents({ session, place: { query } }: PageProps) {
  const given = { state: query.get('state') ?? '', owner: query.get('owner') ?? '' };
  const found = useData<{ incidents: IncidentRow[] }>(pathTo('/admin/v1/incidents', given));
  const [opening, setOpening] = useState(false);
  return (
    <Page
      title="Incidents"
      says="What went wrong, who sees to it, and how far they are."
      actions={
        session.may?.includes('incidents.write') && (
          <button class="main" type="button" onClick={() => setOpening(true)}>
            Open an incident
          </button>
        )
      }
    >
      <Filters
        fields={[
          { name: 'state', label: 'State', words: STATES },
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
                shown: ({ id, title }) => <Link to={`incidents/${encodeURIComponent(id)}`}>{title}</Link>,
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
              { name: 'origin', label: 'From', value: ({ origin }) => origin },
              {
                name: 'opened',
                label: 'Opened',
                value: ({ opened }) => opened,
                shown: ({ opened }) => moment(opened),
              },
              { name: 'id', label: 'Id', value: ({ id }) => id, shown: ({ id }) => <code>{id}</code> },
            ]}
          />
        )}
      </Show>
      {opening && (
        <Dialog title="Open an incident" onClose={() => setOpening(false)}>
          <Form
            send="Open it"
            onSend={async ({ title, severity }) => {
              const { id } = await post<{ id: string }>('/admin/v1/incidents', { title, severity });
              setOpening(false);
              go(`incidents/${encodeURIComponent(id)}`);
            }}
          >
            <Field label="What happened" name="title" maxlength={200} required autofocus />
            <Field
              label="Severity"
              name="severity"
              defaultValue="medium"
              hint="low, medium, high or critical"
              required
            />
          </Form>
        </Dialog>
      )}
    </Page>
  );
}
