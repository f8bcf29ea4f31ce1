import type { Session } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { count, dollars, moment } from '../base/format.ts';
import { Link, pathTo } from '../base/route.tsx';
import { Acts, Switch } from '../callers/acts.tsx';
import { type Identity, isIdentity, type Caller as Program } from '../callers/caller.ts';
import { Keys } from '../callers/keys.tsx';
import type { IncidentRow } from '../incidents/incident.ts';
import { OpenIncident } from '../incidents/open.tsx';
import { Stances } from '../models/stances.tsx';
import { Badge } from '../ui/badge.tsx';
import { Fact } from '../ui/fact.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { EXCHANGE_COLUMNS, OUTCOMES } from './exchanges.tsx';
import type { Listed } from './listed.ts';

interface Props {
  readonly id: string;
  readonly session: Session;
}

/** One caller: who it is, what it did, and what stands against it. */
export function Caller({ id, session }: Props) {
  const kind = isIdentity(id) ? 'identities' : 'callers';
  const found = useData<Program | Identity>(`/admin/v1/${kind}/${encodeURIComponent(id)}`);
  const may = (action: string) => session.may?.includes(action) === true;
  return (
    <Page
      title="Caller"
      says={<code>{id}</code>}
      actions={
        <>
          <OpenIncident session={session} about={{ links: { callers: [found.data?.id ?? id] } }} />
          <Link to="callers">All callers</Link>
        </>
      }
    >
      <Show of={found}>
        {(caller) => (
          <div class="card">
            <div class="table-head">
              <h2 class="subject">{caller.name || caller.id}</h2>
              <Badge word={caller.disabled === null ? 'active' : 'disabled'} />
              <span class="grow" />
              {may('callers.write') &&
                ('keys' in caller ? (
                  <Acts caller={caller} again={found.again} />
                ) : (
                  <Switch kind="identities" of={caller} again={found.again} />
                ))}
            </div>
            <dl class="facts">
              <Fact name="Team" value={caller.team} />
              <Fact name="Roles" value={caller.roles.join(', ') || 'none'} />
              {'owner' in caller && <Fact name="Owner" value={caller.owner} />}
              {'source' in caller && <Fact name="Vouched for by" value={caller.source} />}
              <Fact name="Since" value={moment(caller.created)} />
              {caller.disabled !== null && <Fact name="Switched off" value={moment(caller.disabled)} />}
              {'tags' in caller &&
                Object.entries(caller.tags).map(([name, value]) => (
                  <Fact key={name} name={name} value={value} />
                ))}
              {'keys' in caller && <Fact name="Keys" value={<Keys keys={caller.keys} />} />}
            </dl>
          </div>
        )}
      </Show>
      {may('incidents.read') && <Incidents caller={found.data?.id ?? id} />}
      {may('alarms.read') && <Stances caller={found.data?.id ?? id} session={session} />}
      {may('audit.read') && <Did caller={found.data?.id ?? id} />}
    </Page>
  );
}

function Incidents({ caller }: { readonly caller: string }) {
  const found = useData<{ incidents: IncidentRow[] }>(pathTo('/admin/v1/incidents', { caller }));
  return (
    <Show of={found}>
      {({ incidents }) => (
        <Table
          title="Incidents about it"
          rows={incidents}
          id={({ id }) => id}
          empty={<p>No incident is about this caller.</p>}
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
            { name: 'state', label: 'State', value: ({ state }) => state },
            {
              name: 'opened',
              label: 'Opened',
              value: ({ opened }) => opened,
              shown: ({ opened }) => moment(opened),
            },
          ]}
        />
      )}
    </Show>
  );
}

/** Exchanges that are added up. */
const NEWEST = 100;

function Did({ caller }: { readonly caller: string }) {
  const asked = { caller, admin: 'false', limit: String(NEWEST) };
  const found = useData<{ exchanges: Listed[] }>(pathTo('/admin/v1/exchanges', asked));
  return (
    <Show of={found}>
      {({ exchanges }) => (
        <>
          <dl class="figures" aria-label={`Its newest ${NEWEST} requests at most`}>
            <Fact name="Newest requests" value={count(exchanges.length)} />
            {OUTCOMES.map((outcome) => (
              <Fact
                key={outcome}
                name={outcome}
                value={
                  <Link to={pathTo('exchanges', { caller, outcome })}>
                    {count(exchanges.filter((one) => one.outcome === outcome).length)}
                  </Link>
                }
              />
            ))}
            <Fact name="Cost" value={dollars(exchanges.reduce((sum, { cost }) => sum + Number(cost), 0))} />
          </dl>
          <Table
            title="What it asked"
            rows={exchanges}
            id={({ seq }) => String(seq)}
            columns={EXCHANGE_COLUMNS.filter(({ name }) => name !== 'caller')}
            empty={<p>It has asked nothing yet.</p>}
          />
        </>
      )}
    </Show>
  );
}
