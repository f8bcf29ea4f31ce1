import { useEffect, useState } from 'preact/hooks';
import { get, post, wordsOf } from '../base/api.ts';
import { Link } from '../base/route.tsx';

const FATES = [
  'same',
  'newly_refused',
  'newly_held',
  'masked_differently',
  'newly_allowed',
  'unknown',
] as const;
type Fate = (typeof FATES)[number];
type Named = { readonly name: string } & Readonly<Partial<Record<Fate, number>>>;

interface Run {
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly read: number;
  readonly cut: boolean;
  readonly result: {
    readonly counts: Readonly<Record<Fate, number>>;
    readonly unknown: Readonly<Record<string, number>>;
    readonly by_guard: readonly Named[];
    readonly by_caller: readonly Named[];
    readonly by_model: readonly Named[];
    readonly examples: Readonly<
      Partial<Record<Fate, readonly { readonly id: string; readonly caller: string }[]>>
    >;
  } | null;
}

const PATH = '/admin/v1/policy/dry-run';
/** Milliseconds between two looks. */
const LOOK = 300;
const said = (word: string): string => word.replaceAll('_', ' ');

const WHYS: Readonly<Record<string, string>> = {
  caller: 'the caller is gone or may something else now',
  not_read: 'it was refused before any guard read it',
  no_content: 'the text is not kept as it came',
  not_unsealed: 'you may not unseal the text',
  too_many: 'there are more than one run reads',
  condition: 'a rule has a condition that entries do not tell of',
};

/** What a draft would have done about what went through. It begins as soon as it is shown. */
export function DryRun({ text, since }: { readonly text: string; readonly since: string }) {
  const [run, setRun] = useState<Run>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    let later: number | undefined;
    const look = (next: Run) => {
      if (gone) return;
      setRun(next);
      if (next.state === 'running') later = window.setTimeout(() => get<Run>(PATH).then(look, fail), LOOK);
    };
    const fail = (error: unknown) => {
      if (!gone) setProblem(wordsOf(error));
    };
    post<Run>(PATH, { text, since }).then(look, fail);
    return () => {
      gone = true;
      window.clearTimeout(later);
    };
  }, [text, since]);
  if (problem !== '')
    return (
      <p class="problem" role="alert">
        {problem}
      </p>
    );
  if (run === undefined || run.state === 'running')
    return (
      <div class="row" role="status">
        <progress aria-label="Dry run" max={Math.max(1, run?.total ?? 1)} value={run?.done ?? 0} />
        {run?.done ?? 0} of {run?.total ?? '…'}
        <button
          type="button"
          onClick={() => post<Run>(`${PATH}/cancel`).then(setRun, (error) => setProblem(wordsOf(error)))}
        >
          Cancel
        </button>
      </div>
    );
  const { result, total, read, state } = run;
  if (result === null) return <p class="problem">The dry run {state}.</p>;
  if (total === 0) return <p>Nothing went through since then: there is nothing to judge.</p>;
  return (
    <section aria-label="Dry run">
      <h2>Of {total} exchanges</h2>
      {state === 'cancelled' && <p>It was cancelled: these were judged.</p>}
      {read > 0 && <p class="quiet">Sealed content of {read} was read; that is in the ledger.</p>}
      <Bars rows={FATES.map((fate) => ({ name: said(fate), count: result.counts[fate] }))} most={total} />
      {Object.entries(result.unknown).map(([why, count]) => (
        <p key={why} class="quiet">
          {count} not known: {WHYS[why] ?? why}.
        </p>
      ))}
      {(
        [
          ['By guard', result.by_guard],
          ['By caller', result.by_caller],
          ['By model', result.by_model],
        ] as const
      ).map(
        ([title, rows]) =>
          rows.length > 0 && (
            <div key={title}>
              <h3>{title}</h3>
              <ul>
                {rows.map(({ name, ...fates }) => (
                  <li key={name}>
                    <strong>{name}</strong>:{' '}
                    {Object.entries(fates)
                      .map(([fate, count]) => `${count} ${said(fate)}`)
                      .join(', ')}
                  </li>
                ))}
              </ul>
            </div>
          ),
      )}
      {FATES.filter((fate) => (result.examples[fate]?.length ?? 0) > 0).map((fate) => (
        <div key={fate}>
          <h3>Examples: {said(fate)}</h3>
          <ul>
            {result.examples[fate]?.map(({ id, caller }) => (
              <li key={id}>
                <Link to={`exchanges/${id}`}>{id}</Link> of {caller}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Bars({
  rows,
  most,
}: {
  readonly rows: readonly { readonly name: string; readonly count: number }[];
  readonly most: number;
}) {
  return (
    <dl class="bars">
      {rows.map(({ name, count }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <meter aria-label={name} min={0} max={most} value={count} /> {count}
          </dd>
        </div>
      ))}
    </dl>
  );
}
