import { useData } from '../base/data.ts';
import { Copy } from '../ui/copy.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';

interface Drill {
  readonly name: string;
  readonly about: string;
  readonly technique: string;
}

/** Attacks that are played to see how long it takes until they are noticed, contained and over. */
export function Drills() {
  const found = useData<{ drills: Drill[] }>('/admin/v1/drills');
  return (
    <Show of={found}>
      {({ drills }) => (
        <Table
          title="Drills"
          rows={drills}
          id={({ name }) => name}
          empty={<p>There is none.</p>}
          columns={[
            { name: 'name', label: 'Drill', value: ({ name }) => name },
            { name: 'about', label: 'What is played', value: ({ about }) => about },
            {
              name: 'technique',
              label: 'Technique',
              value: ({ technique }) => technique,
              shown: ({ technique }) => <code>{technique}</code>,
            },
            {
              name: 'command',
              label: 'Start it',
              value: ({ name }) => commandOf(name),
              shown: ({ name }) => (
                <span class="row">
                  <code>{commandOf(name)}</code>
                  <Copy text={commandOf(name)} what={`the command of ${name}`} />
                </span>
              ),
            },
          ]}
        />
      )}
    </Show>
  );
}

const commandOf = (name: string): string => `gatehouse incident drill ${name}`;
