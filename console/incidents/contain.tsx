import { useState } from 'preact/hooks';
import { useData } from '../base/data.ts';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import type { Change, Incident, Names } from './incident.ts';

/** What can be done, and what there is to do it to (`GET /admin/v1/measures`). */
export interface Measures {
  readonly measures: readonly {
    readonly action: string;
    readonly about: string;
    readonly takes: readonly string[];
    readonly may: readonly string[];
    readonly undo: boolean;
  }[];
  /** By what it takes: `guard`, `model`. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

const LASTS = [
  ['', 'until it is undone'],
  ['1h', 'an hour'],
  ['4h', '4 hours'],
  ['24h', 'a day'],
  ['168h', 'a week'],
] as const;

const LABELS: Readonly<Record<string, string>> = { to: 'Go to instead', rung: 'Rung of the ladder' };
const labelOf = (target: string): string =>
  LABELS[target] ?? `${target.charAt(0).toUpperCase()}${target.slice(1)}`;

interface Props {
  readonly incident: Incident;
  readonly names: Names;
  readonly change: Change;
  readonly onClose: () => void;
}

/** Takes a measure: which, on what, for how long; and what will come of it, said before it is done. */
export function Contain({ incident, names, change, onClose }: Props) {
  const found = useData<Measures>('/admin/v1/measures');
  const [action, setAction] = useState('');
  return (
    <Dialog title="Contain it" onClose={onClose}>
      <Show of={found}>
        {({ measures, targets }) => {
          const measure = measures.find((one) => one.action === action) ?? measures[0];
          if (measure === undefined) return <p>There is nothing that could be done.</p>;
          const known = (target: string) => optionsFor(target, targets, incident, names);
          return (
            <Form
              send="Do it"
              more={
                <button type="button" onClick={onClose}>
                  Cancel
                </button>
              }
              onSend={async (values) => {
                const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
                await change(
                  'contain',
                  { ...Object.fromEntries(given), action: measure.action, version: incident.version },
                  `In force: ${measure.about}.`,
                );
                onClose();
              }}
            >
              <Choice
                label="What is done"
                name="action"
                value={measure.action}
                options={measures.map((one) => [one.action, one.action.replaceAll('_', ' ')])}
                onChoice={setAction}
              />
              <p class="will">
                What comes of it: {measure.about}.{' '}
                {measure.undo ? 'It can be undone.' : <b>It cannot be undone.</b>}
              </p>
              {measure.takes.map((target) => (
                <Target key={`${measure.action} ${target}`} name={target} options={known(target)} needed />
              ))}
              {measure.may.map((target) => (
                <Target key={`${measure.action} ${target}`} name={target} options={known(target)} />
              ))}
              {measure.undo && <Choice label="For" name="for" options={LASTS} />}
            </Form>
          );
        }}
      </Show>
    </Dialog>
  );
}

type Options = readonly (readonly [value: string, words: string])[];

/** What the incident is about comes first. */
function optionsFor(
  target: string,
  targets: Measures['targets'],
  { links }: Incident,
  names: Names,
): Options {
  if (target === 'caller') {
    const linked = new Set(links.callers);
    const others = [...names].filter(([id]) => !linked.has(id)).sort(([, a], [, b]) => (a < b ? -1 : 1));
    return [
      ...links.callers.map((id) => [id, `${names.get(id) ?? id}, linked`] as const),
      ...others.map(([id, name]) => [id, name] as const),
    ];
  }
  const all = targets[target] ?? [];
  const linked = target === 'model' ? links.models : [];
  return [...new Set([...linked, ...all])].map((name) => [name, name] as const);
}

/** Chosen from what there is; typed where nobody knows what there is. */
function Target({
  name,
  options,
  needed,
}: {
  readonly name: string;
  readonly options: Options;
  readonly needed?: true;
}) {
  if (options.length === 0) return <Field label={labelOf(name)} name={name} required={needed === true} />;
  return (
    <Choice
      label={labelOf(name)}
      name={name}
      options={needed === true ? options : [['', `any ${name}`], ...options]}
    />
  );
}
