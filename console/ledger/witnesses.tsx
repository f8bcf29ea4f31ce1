import { count, moment } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import { Table } from '../ui/table.tsx';
import type { LedgerState } from './state.ts';

/** Who else vouches for the log, and how far: what a quorum has cosigned the operator cannot rewrite either. */
export function Witnesses({ of: { witnesses, signed } }: { readonly of: LedgerState }) {
  if (witnesses === undefined)
    return (
      <div class="empty-state">
        <h2>Witnesses</h2>
        <p>
          None are set. Without them the operator could sign another log: name some under{' '}
          <code>witnesses</code> in gatehouse.yaml, and they cosign every checkpoint.
        </p>
      </div>
    );
  const behind = (cosigned: number) => signed - cosigned;
  return (
    <>
      <p>
        {count(witnesses.cosigned)} of {count(signed)} signed entries are cosigned by {witnesses.quorum} or
        more
        {witnesses.since !== null && `, as of ${moment(witnesses.since)}`}.
      </p>
      <Table
        title="Witnesses"
        rows={witnesses.witnesses}
        id={({ name }) => name}
        empty={<p>None are set.</p>}
        columns={[
          { name: 'name', label: 'Witness', value: ({ name }) => name },
          {
            name: 'state',
            label: 'State',
            value: ({ trouble }) => trouble ?? 'cosigns',
            shown: ({ trouble }) =>
              trouble === null ? <span class="badge good">cosigns</span> : <Badge word="failed" />,
          },
          {
            name: 'cosigned',
            label: 'Entries cosigned',
            value: ({ cosigned }) => cosigned,
            shown: ({ cosigned }) => count(cosigned),
            number: true,
          },
          {
            name: 'behind',
            label: 'Behind',
            value: ({ cosigned }) => behind(cosigned),
            shown: ({ cosigned }) => count(behind(cosigned)),
            number: true,
          },
          { name: 'at', label: 'Last', value: ({ at }) => at, shown: ({ at }) => moment(at) },
          { name: 'trouble', label: 'Trouble', value: ({ trouble }) => trouble ?? '' },
        ]}
      />
    </>
  );
}
