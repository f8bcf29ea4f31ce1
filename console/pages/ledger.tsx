import { useData } from '../base/data.ts';
import { count, moment } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Export } from '../ledger/export.tsx';
import type { LedgerState } from '../ledger/state.ts';
import { Witnesses } from '../ledger/witnesses.tsx';
import { Prove } from '../proof/prove.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Event {
  readonly seq: number;
  readonly time: string;
  readonly kind: string;
  readonly caller: string;
}

const FILTERS = ['kind', 'since', 'until', 'entry'];

/** What is recorded, how far it is signed, and whether an entry is what was signed. */
export function Ledger({ place: { query } }: PageProps) {
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const { entry = '', ...asked } = given;
  const state = useData<LedgerState>('/admin/v1/ledger');
  const events = useData<{ events: Event[]; next: number | null }>(
    pathTo('/admin/v1/events', { ...asked, before: query.get('before') ?? '', limit: '100' }),
  );
  return (
    <Page
      title="Ledger"
      says="Everything that happened, in a log that nobody can rewrite without being found out."
    >
      <Show of={state}>
        {({ state: word, entries, signed, root }) => (
          <dl class="facts">
            <div>
              <dt>State</dt>
              <dd>
                <Badge word={word} />
              </dd>
            </div>
            <div>
              <dt>Entries</dt>
              <dd>{count(entries)}</dd>
            </div>
            <div>
              <dt>Signed</dt>
              <dd>{count(signed)}</dd>
            </div>
            <div>
              <dt>Root</dt>
              <dd>
                <code class="break">{root}</code>
              </dd>
            </div>
          </dl>
        )}
      </Show>
      <Filters
        fields={[
          { name: 'kind', label: 'Kind', hint: 'person.signed_in' },
          { name: 'since', label: 'Since', hint: '24h' },
          { name: 'until', label: 'Until' },
          { name: 'entry', label: 'Verify entry', hint: 'its number' },
        ]}
        values={given}
        onFilter={(values) => go(pathTo('ledger', values))}
      />
      {/^\d{1,15}$/.test(entry) && (
        <section aria-label={`Entry ${entry}`}>
          <h2>Entry {entry}</h2>
          <Prove seq={Number(entry)} key={entry} />
        </section>
      )}
      <Show of={events}>
        {({ events: rows, next }) => (
          <>
            <Table
              title="Events"
              rows={rows}
              id={({ seq }) => String(seq)}
              empty={
                <p>
                  No such entries. Requests are under Exchanges; here is everything else: sign-ins, changes,
                  alerts, starts and stops.
                </p>
              }
              columns={[
                { name: 'seq', label: 'Entry', value: ({ seq }) => seq, number: true },
                { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
                { name: 'kind', label: 'Kind', value: ({ kind }) => kind },
                {
                  name: 'caller',
                  label: 'Of',
                  value: ({ caller }) => caller,
                  shown: ({ caller }) =>
                    caller === '' ? (
                      ''
                    ) : (
                      <Link
                        to={caller.startsWith('per_') ? 'people' : `callers/${encodeURIComponent(caller)}`}
                      >
                        {caller}
                      </Link>
                    ),
                },
                {
                  name: 'details',
                  label: 'Verify',
                  value: (row) => JSON.stringify(row),
                  shown: ({ seq }) => (
                    <button
                      class="small"
                      type="button"
                      onClick={() => go(pathTo('ledger', { ...given, entry: String(seq) }))}
                    >
                      Verify<span class="unseen"> entry {seq}</span>
                    </button>
                  ),
                },
              ]}
            />
            {next !== null && (
              <button type="button" onClick={() => go(pathTo('ledger', { ...given, before: String(next) }))}>
                Older ones
              </button>
            )}
          </>
        )}
      </Show>
      <Show of={state}>
        {(ledger) => (
          <>
            <Witnesses of={ledger} />
            <Export of={ledger} />
          </>
        )}
      </Show>
    </Page>
  );
}
