import { useData } from '../base/data.ts';
import { count, dollars } from '../base/format.ts';
import { go, Link, pathTo } from '../base/route.tsx';
import { Filters } from '../ui/filters.tsx';
import { Page, Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { PageProps } from './index.tsx';

interface Row {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cost: string;
  readonly unpriced: number;
  readonly [by: string]: unknown;
}

const BY = ['caller', 'team', 'model', 'upstream', 'operation', 'day', 'month'];

/** What was used and what it cost, added up from the ledger itself. */
export function Usage({ place: { query } }: PageProps) {
  const given = {
    by: query.get('by') ?? '',
    since: query.get('since') ?? '',
    until: query.get('until') ?? '',
  };
  const by = given.by || 'model';
  const usage = useData<{ rows: Row[]; total: Row }>(pathTo('/admin/v1/usage', { ...given, by }));
  return (
    <Page title="Usage" says="What was used and what it cost, from the ledger.">
      <Filters
        fields={[
          { name: 'by', label: 'By', words: BY, says: { '': 'model' } },
          { name: 'since', label: 'Since', hint: '2026-01-01' },
          { name: 'until', label: 'Until', hint: '2026-02-01' },
        ]}
        values={given}
        onFilter={(values) => go(pathTo('usage', values))}
      />
      <Show of={usage}>
        {({ rows, total }) => (
          <>
            <dl class="figures">
              <div>
                <dt>Requests</dt>
                <dd>{count(total.requests)}</dd>
              </div>
              <div>
                <dt>Tokens in</dt>
                <dd>{count(total.input)}</dd>
              </div>
              <div>
                <dt>Tokens out</dt>
                <dd>{count(total.output)}</dd>
              </div>
              <div>
                <dt>Cost</dt>
                <dd>{dollars(total.cost)}</dd>
              </div>
              <div>
                <dt>Without a price</dt>
                <dd>{count(total.unpriced)}</dd>
              </div>
            </dl>
            <Table
              title={`Usage by ${by}`}
              rows={rows}
              id={(row) => String(row[by])}
              empty={<p>Nothing was used in this time. Costs come from the prices of the policy.</p>}
              columns={[
                {
                  name: by,
                  label: `${by.charAt(0).toUpperCase()}${by.slice(1)}`,
                  value: (row) => String(row[by] ?? ''),
                  shown: (row) => <By name={by} value={String(row[by] ?? '')} range={given} />,
                },
                { name: 'requests', label: 'Requests', value: ({ requests }) => requests, number: true },
                {
                  name: 'input',
                  label: 'Tokens in',
                  value: ({ input }) => input,
                  shown: ({ input }) => count(input),
                  number: true,
                },
                {
                  name: 'output',
                  label: 'Tokens out',
                  value: ({ output }) => output,
                  shown: ({ output }) => count(output),
                  number: true,
                },
                {
                  name: 'cost',
                  label: 'Cost',
                  value: ({ cost }) => cost,
                  shown: ({ cost }) => dollars(cost),
                  number: true,
                },
              ]}
            />
          </>
        )}
      </Show>
    </Page>
  );
}

/** What exchanges can be searched by. */
const SEARCHED = ['caller', 'team', 'model', 'upstream', 'operation'];

interface ByProps {
  readonly name: string;
  readonly value: string;
  readonly range: { readonly since: string; readonly until: string };
}

/** Leads to the exchanges that were added up. */
function By({ name, value, range: { since, until } }: ByProps) {
  if (!SEARCHED.includes(name) || value === '') return <>{value || 'none'}</>;
  return <Link to={pathTo('exchanges', { [name]: value, since, until })}>{value}</Link>;
}
