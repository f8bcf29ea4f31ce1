import type { Session } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { OpenIncident } from '../incidents/open.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Alert {
  readonly seq: number;
  readonly time: string;
  readonly rule: string;
  readonly title: string;
  readonly level: string;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
  /** What the events have in common. */
  readonly group: Readonly<Record<string, string>>;
  readonly count: number;
  readonly limit: number;
  readonly first: number;
  readonly last: number;
  readonly since: string;
  readonly until: string;
}

interface Rule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly level: string;
  readonly enabled: boolean;
  readonly ships: boolean;
  readonly type: string;
  readonly group_by: readonly string[];
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
}

interface Found {
  readonly rules: readonly Rule[];
  readonly alerts: readonly Alert[];
  readonly next: number | null;
}

/** What was noticed over time, and what is looked for. */
export function Detections({ session, place: { query } }: PageProps) {
  const given = { rule: query.get('rule') ?? '', since: query.get('since') ?? '' };
  const found = useData<Found>(
    pathTo('/admin/v1/detections', { ...given, before: query.get('before') ?? '', limit: '100' }),
  );
  return (
    <Page title="Detections" says="What only shows over time: rules over the ledger, and what they noticed.">
      <Filters
        fields={[
          { name: 'rule', label: 'Rule' },
          { name: 'since', label: 'Since', hint: '24h' },
        ]}
        values={given}
        onFilter={(values) => go(pathTo('detections', values))}
      />
      <Show of={found}>
        {({ rules, alerts, next }) => (
          <>
            <Alerts alerts={alerts} session={session} />
            {next !== null && (
              <button
                type="button"
                onClick={() => go(pathTo('detections', { ...given, before: String(next) }))}
              >
                Older ones
              </button>
            )}
            <Rules rules={rules} />
          </>
        )}
      </Show>
    </Page>
  );
}

const Alerts = ({ alerts, session }: { readonly alerts: readonly Alert[]; readonly session: Session }) => (
  <Table
    title="Alerts"
    rows={alerts}
    id={({ seq }) => String(seq)}
    empty={<p>Nothing was noticed. The rules below go on looking at every entry.</p>}
    columns={[
      { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
      {
        name: 'level',
        label: 'Level',
        value: ({ level }) => level,
        shown: ({ level }) => <Badge word={level} />,
      },
      {
        name: 'title',
        label: 'What',
        value: ({ title }) => title,
        shown: ({ title, rule }) => (
          <>
            {title}
            <span class="fact quiet">
              <Link to={pathTo('detections', { rule })}>{rule}</Link>
            </span>
          </>
        ),
      },
      {
        name: 'group',
        label: 'About',
        value: ({ group }) => Object.values(group).join(', '),
        shown: ({ group }) => <Group of={group} />,
      },
      {
        name: 'count',
        label: 'Seen',
        value: ({ count }) => count,
        shown: ({ count, limit }) => `${count}, of ${limit}`,
        number: true,
      },
      {
        name: 'seq',
        label: 'Entry',
        value: ({ seq }) => seq,
        shown: ({ seq }) => <Link to={pathTo('ledger', { entry: String(seq) })}>{seq}</Link>,
        number: true,
      },
      {
        name: 'techniques',
        label: 'Techniques',
        value: ({ atlas, owasp }) => [...atlas, ...owasp].join(', '),
        shown: ({ atlas, owasp }) => <code>{[...atlas, ...owasp].join(', ')}</code>,
      },
      ...(session.may?.includes('incidents.write') === true
        ? [
            {
              name: 'act',
              label: 'Act',
              value: () => null,
              shown: (alert: Alert) => <OpenIncident session={session} about={aboutOf(alert)} small />,
            },
          ]
        : []),
    ]}
  />
);

const aboutOf = ({ title, level, atlas, owasp, seq, group }: Alert) => ({
  title,
  severity: level,
  atlas,
  owasp,
  links: {
    detections: [seq],
    ...(group.caller && { callers: [group.caller] }),
    ...(group.model && { models: [group.model] }),
  },
});

const Group = ({ of }: { readonly of: Alert['group'] }) => (
  <>
    {Object.entries(of).map(([name, value]) => (
      <span class="fact" key={name}>
        {name} {name === 'caller' ? <Link to={`callers/${encodeURIComponent(value)}`}>{value}</Link> : value}
      </span>
    ))}
  </>
);

const Rules = ({ rules }: { readonly rules: readonly Rule[] }) => (
  <Table
    title="Rules"
    rows={rules}
    id={({ id }) => id}
    empty={<p>No rule is read yet.</p>}
    columns={[
      {
        name: 'id',
        label: 'Rule',
        value: ({ id }) => id,
        shown: ({ id }) => <Link to={pathTo('detections', { rule: id })}>{id}</Link>,
      },
      {
        name: 'title',
        label: 'What it looks for',
        value: ({ title }) => title,
        shown: ({ title, description }) => (
          <>
            {title}
            {description !== '' && <span class="fact quiet">{description}</span>}
          </>
        ),
      },
      {
        name: 'level',
        label: 'Level',
        value: ({ level }) => level,
        shown: ({ level }) => <Badge word={level} />,
      },
      { name: 'type', label: 'Measures', value: ({ type }) => type },
      { name: 'group_by', label: 'For each', value: ({ group_by: by }) => by.join(', ') },
      { name: 'enabled', label: 'Looks', value: ({ enabled }) => (enabled ? 'yes' : 'no') },
      { name: 'ships', label: 'Whose', value: ({ ships }) => (ships ? 'ships' : 'own') },
    ]}
  />
);
