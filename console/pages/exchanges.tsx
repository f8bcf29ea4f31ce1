import { useEffect, useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { get, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { count, dollars, moment, span } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';
import type { Listed } from './listed.ts';

interface Found {
  readonly exchanges: readonly Listed[];
  readonly next: number | null;
}

export const OUTCOMES = ['completed', 'refused', 'blocked', 'cut', 'failed'];
const FILTERS = [
  ...['since', 'until', 'outcome', 'caller', 'team', 'model', 'upstream', 'operation'],
  ...['code', 'reason', 'admin'],
];

export const EXCHANGE_COLUMNS: readonly Column<Listed>[] = [
  {
    name: 'time',
    label: 'When',
    value: ({ time }) => time,
    shown: ({ id, time }) => (
      <span class="nowrap">
        <Link to={`exchanges/${encodeURIComponent(id)}`}>{moment(time)}</Link>
      </span>
    ),
  },
  {
    name: 'outcome',
    label: 'Outcome',
    value: ({ outcome }) => outcome,
    shown: ({ outcome }) => <Badge word={outcome} />,
  },
  { name: 'code', label: 'Code', value: ({ code }) => code },
  { name: 'caller', label: 'Caller', value: ({ name, caller }) => name || caller || 'nobody known' },
  { name: 'model', label: 'Model', value: ({ model, operation }) => model || operation },
  { name: 'upstream', label: 'Upstream', value: ({ upstream }) => upstream },
  { name: 'status', label: 'Status', value: ({ status }) => status, number: true },
  { name: 'ms', label: 'Took', value: ({ ms }) => ms, shown: ({ ms }) => span(ms), number: true },
  {
    name: 'tokens',
    label: 'Tokens',
    value: ({ input, output }) => input + output,
    shown: ({ input, output }) => count(input + output),
    number: true,
  },
  {
    name: 'cost',
    label: 'Cost',
    value: ({ cost }) => cost,
    shown: ({ cost }) => dollars(cost),
    number: true,
  },
  { name: 'id', label: 'Id', value: ({ id }) => id, shown: ({ id }) => <code class="break">{id}</code> },
];

/** Everything that went through, by whom, when, and what became of it. */
export function Exchanges({ place: { query } }: PageProps) {
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const asked = pathTo('/admin/v1/exchanges', { admin: 'false', ...filled(given), limit: '100' });
  const found = useData<Found>(asked);
  const [more, setMore] = useState<readonly Found[]>([]);
  useEffect(() => setMore([]), [asked]);
  const next = (more.at(-1) ?? found.data)?.next ?? null;
  const goOn = () =>
    get<Found>(`${asked}&before=${next}`).then(
      (page) => setMore((before) => [...before, page]),
      (error) => announce(wordsOf(error)),
    );
  return (
    <Page
      title="Exchanges"
      says="Every request that came, and what became of it. Open one to see the way it went."
    >
      <Filters
        fields={[
          { name: 'since', label: 'Since', hint: '1h, 7d, 2026-01-31' },
          { name: 'until', label: 'Until' },
          { name: 'outcome', label: 'Outcome', words: OUTCOMES },
          { name: 'caller', label: 'Caller' },
          { name: 'team', label: 'Team' },
          { name: 'model', label: 'Model' },
          { name: 'upstream', label: 'Upstream' },
          { name: 'operation', label: 'Operation', hint: 'chat, embed, predict' },
          { name: 'code', label: 'Code' },
          { name: 'reason', label: 'Finding' },
          { name: 'admin', label: 'Kind', words: ['true'], says: { '': 'requests', true: 'administration' } },
        ]}
        values={given}
        onFilter={(values) => go(pathTo('exchanges', values))}
      />
      <Show of={found}>
        {({ exchanges }) => (
          <>
            <Table
              title="Exchanges"
              columns={EXCHANGE_COLUMNS}
              rows={[...exchanges, ...more.flatMap((page) => page.exchanges)]}
              id={({ seq }) => String(seq)}
              empty={
                <>
                  <p>Nothing fits, or nothing has come yet.</p>
                  <p>
                    Send a request to see one here: <code>POST /v1/chat/completions</code> with the key of a
                    caller. The quick start shows how.
                  </p>
                </>
              }
            />
            {next !== null && (
              <button type="button" onClick={goOn}>
                Older ones
              </button>
            )}
          </>
        )}
      </Show>
    </Page>
  );
}

const filled = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
