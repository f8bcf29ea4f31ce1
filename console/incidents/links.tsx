import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { wordsOf } from '../base/api.ts';
import { Link, pathTo } from '../base/route.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Table } from '../ui/table.tsx';
import type { Links as All, Change, Incident, Names } from './incident.ts';

type Kind = keyof All;

const KINDS: Readonly<Record<Kind, { readonly one: string; readonly hint: string }>> = {
  callers: { one: 'caller', hint: 'Its name or id.' },
  exchanges: { one: 'exchange', hint: 'The id of the request, req_…' },
  models: { one: 'model', hint: 'As callers name it.' },
  detections: { one: 'detection', hint: 'The number of its entry.' },
};
const isKind = (word: string | undefined): word is Kind => word !== undefined && word in KINDS;

interface Row {
  readonly kind: Kind;
  readonly of: string | number;
}

interface Props {
  readonly incident: Incident;
  readonly names: Names;
  /** Undefined: the person may only look. */
  readonly change: Change | undefined;
}

/** What it is about. The timeline tells of these, and steps of the playbook are done to them. */
export function Links({ incident: { links, version }, names, change }: Props) {
  const [adding, setAdding] = useState(false);
  const rows = Object.keys(KINDS)
    .filter(isKind)
    .flatMap((kind) => links[kind].map((of): Row => ({ kind, of })));
  const remove = ({ kind, of }: Row) =>
    change?.('unlink', { [kind]: [of], version }, 'It is linked no longer.').catch((error) =>
      announce(wordsOf(error)),
    );
  return (
    <div class="card">
      <Table
        title="What it is about"
        rows={rows}
        id={({ kind, of }) => `${kind} ${of}`}
        empty={<p>Nothing is linked. Link the callers at least: then the timeline tells what they did.</p>}
        columns={[
          { name: 'kind', label: 'Kind', value: ({ kind }) => KINDS[kind].one },
          {
            name: 'of',
            label: 'What',
            value: ({ of }) => of,
            shown: ({ kind, of }) => <Linked kind={kind} of={of} names={names} />,
          },
          ...(change === undefined
            ? []
            : [
                {
                  name: 'act',
                  label: 'Act',
                  value: () => null,
                  shown: (row: Row) => (
                    <button class="small" type="button" onClick={() => remove(row)}>
                      Remove<span class="unseen"> {String(row.of)}</span>
                    </button>
                  ),
                },
              ]),
        ]}
      />
      {change && (
        <button type="button" onClick={() => setAdding(true)}>
          Link …
        </button>
      )}
      {adding && change && (
        <Add
          onAdd={async (kind, what) => {
            const of = kind === 'detections' ? Number(what) : what;
            await change('link', { [kind]: [of], version }, 'It is linked.');
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  );
}

function Add({
  onAdd,
  onClose,
}: {
  readonly onAdd: (kind: Kind, what: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<Kind>('callers');
  return (
    <Dialog title="Link to it" onClose={onClose}>
      <Form
        send="Link it"
        more={
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        }
        onSend={({ what = '' }) => onAdd(kind, what.trim())}
      >
        <Choice
          label="Kind"
          name="kind"
          value={kind}
          options={Object.entries(KINDS).map(([value, { one }]) => [value, one])}
          onChoice={(word) => isKind(word) && setKind(word)}
        />
        <Field label="What" name="what" hint={KINDS[kind].hint} maxlength={200} required />
      </Form>
    </Dialog>
  );
}

function Linked({ kind, of, names }: Row & { readonly names: Names }) {
  const text = String(of);
  if (kind === 'exchanges')
    return (
      <Link to={`exchanges/${encodeURIComponent(text)}`}>
        <code>{text}</code>
      </Link>
    );
  if (kind === 'callers')
    return <Link to={`callers/${encodeURIComponent(text)}`}>{names.get(text) ?? text}</Link>;
  if (kind === 'models') return <Link to={pathTo('exchanges', { model: text })}>{text}</Link>;
  return <Link to={pathTo('ledger', { entry: text })}>entry {text}</Link>;
}
