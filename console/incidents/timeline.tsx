import { moment } from '../base/format.ts';
import { Link, pathTo } from '../base/route.tsx';
import { Table } from '../ui/table.tsx';

export interface Moment {
  readonly time: string;
  readonly seq: number;
  readonly kind: string;
  readonly by: string;
  readonly what: string;
}

/** What happened, newest last, as it writes itself from the ledger. */
export const Timeline = ({ moments }: { readonly moments: readonly Moment[] }) => (
  <Table
    title="Timeline"
    rows={moments}
    id={({ seq }) => String(seq)}
    empty={<p>It writes itself from the ledger.</p>}
    columns={[
      { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
      {
        name: 'seq',
        label: 'Entry',
        value: ({ seq }) => seq,
        shown: ({ seq }) => <Link to={pathTo('ledger', { entry: String(seq) })}>{seq}</Link>,
        number: true,
      },
      { name: 'by', label: 'By', value: ({ by }) => by },
      { name: 'what', label: 'What', value: ({ what }) => what, shown: (row) => <What of={row} /> },
      { name: 'kind', label: 'Kind', value: ({ kind }) => kind, shown: ({ kind }) => <code>{kind}</code> },
    ]}
  />
);

/** The request that a line is about can be looked at. */
function What({ of: { kind, what } }: { readonly of: Moment }) {
  const id = kind === 'request' ? /\breq_\w+$/.exec(what)?.[0] : undefined;
  if (id === undefined) return <>{what}</>;
  return (
    <>
      {what.slice(0, -id.length)}
      <Link to={`exchanges/${id}`}>{id}</Link>
    </>
  );
}
