import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Alert {
  readonly seq: number;
  readonly time: string;
  readonly rule?: string;
  readonly title?: string;
  readonly severity?: string;
  readonly level?: string;
}

/** What was noticed over time. */
export function Detections({ place: { query } }: PageProps) {
  const given = { rule: query.get('rule') ?? '', since: query.get('since') ?? '' };
  const found = useData<{ rules: Record<string, unknown>[]; alerts: Alert[]; next: number | null }>(
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
            <Table
              title="Alerts"
              rows={alerts}
              id={({ seq }) => String(seq)}
              empty={<p>Nothing was noticed. The rules below go on looking at every entry.</p>}
              columns={[
                { name: 'seq', label: 'Entry', value: ({ seq }) => seq, number: true },
                { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
                { name: 'rule', label: 'Rule', value: ({ rule }) => rule ?? '' },
                { name: 'title', label: 'What', value: ({ title }) => title ?? '' },
                {
                  name: 'severity',
                  label: 'Severity',
                  value: ({ severity, level }) => severity ?? level ?? '',
                  shown: ({ severity, level }) => <Badge word={severity ?? level ?? '–'} />,
                },
                {
                  name: 'details',
                  label: 'Details',
                  value: (row) => JSON.stringify(row),
                  shown: (row) => (
                    <details>
                      <summary>
                        All<span class="unseen"> of entry {row.seq}</span>
                      </summary>
                      <code class="break">{JSON.stringify(row)}</code>
                    </details>
                  ),
                },
              ]}
            />
            {next !== null && (
              <button
                type="button"
                onClick={() => go(pathTo('detections', { ...given, before: String(next) }))}
              >
                Older ones
              </button>
            )}
            <Table
              title="Rules"
              rows={rules}
              id={(row) => JSON.stringify(row).slice(0, 200)}
              empty={<p>No rule is read yet.</p>}
              columns={columnsOf(rules)}
            />
          </>
        )}
      </Show>
    </Page>
  );
}

/** Rules say of themselves what they have; texts and numbers of it are shown. */
function columnsOf(rules: readonly Record<string, unknown>[]) {
  const names = Object.keys(rules[0] ?? {}).filter((name) =>
    ['string', 'number'].includes(typeof rules[0]?.[name]),
  );
  return names.slice(0, 6).map((name) => ({
    name,
    label: name,
    value: (row: Record<string, unknown>) => String(row[name] ?? ''),
  }));
}
