import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { get, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { go, pathTo } from '../base/route.tsx';
import type { PageProps } from '../pages/index.tsx';
import { Badge } from '../ui/badge.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Filters } from '../ui/filters.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { type Held, reasonsOf } from './held.ts';
import { HeldText } from './one.tsx';

interface Found {
  readonly reviews: readonly Held[];
  readonly next: string | null;
}

export function Decided({ session, place: { query } }: PageProps) {
  const state = query.get('state') ?? '';
  const asked = pathTo('/admin/v1/reviews', { state, limit: '200' });
  const found = useData<Found>(asked);
  return (
    <>
      <Filters
        fields={[{ name: 'state', label: 'Decision', words: ['passed', 'blocked'] }]}
        values={{ state }}
        onFilter={(values) => go(pathTo('review/decided', values))}
      />
      <Show of={found}>{(first) => <Rows key={asked} first={first} asked={asked} session={session} />}</Show>
    </>
  );
}

function Rows({ first, asked, session }: { first: Found; asked: string } & Pick<PageProps, 'session'>) {
  const [more, setMore] = useState<readonly Found[]>([]);
  const [read, setRead] = useState<Held>();
  const { next } = more.at(-1) ?? first;
  const goOn = () =>
    get<Found>(`${asked}&before=${encodeURIComponent(next ?? '')}`).then(
      (page) => setMore((before) => [...before, page]),
      (error) => announce(wordsOf(error)),
    );
  return (
    <>
      <Table
        title="Decided"
        rows={[first, ...more].flatMap(({ reviews }) => reviews).filter(({ decided }) => decided !== null)}
        id={({ id }) => id}
        empty={<p>Nothing was decided yet. What waits is in the first list.</p>}
        columns={[
          {
            name: 'decided',
            label: 'When',
            value: ({ decided }) => decided?.time ?? null,
            shown: ({ decided }) => moment(decided?.time),
          },
          {
            name: 'state',
            label: 'Decision',
            value: ({ state }) => state,
            shown: ({ state }) => <Badge word={state} />,
          },
          { name: 'by', label: 'By', value: ({ decided }) => decided?.name ?? null },
          { name: 'kind', label: 'What', value: ({ kind }) => kind },
          { name: 'findings', label: 'Found', value: reasonsOf },
          { name: 'caller', label: 'Caller', value: ({ name }) => name },
          { name: 'team', label: 'Team', value: ({ team }) => team },
          { name: 'model', label: 'Model', value: ({ model }) => model },
          {
            name: 'id',
            label: 'Id',
            value: ({ id }) => id,
            shown: (held) => (
              <button class="link" type="button" onClick={() => setRead(held)}>
                {held.id}
              </button>
            ),
          },
        ]}
      />
      {next !== null && (
        <button type="button" onClick={goOn}>
          Older ones
        </button>
      )}
      {read && (
        <Dialog title={`A ${read.kind}, ${read.state}`} onClose={() => setRead(undefined)}>
          <HeldText held={read} session={session} />
          <button type="button" onClick={() => setRead(undefined)}>
            Close
          </button>
        </Dialog>
      )}
    </>
  );
}
