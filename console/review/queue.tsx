import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { LIVE_STATES, useEvents } from '../base/events.ts';
import { left, moment } from '../base/format.ts';
import { usePageKeys } from '../base/keys.ts';
import { go, pathTo } from '../base/route.tsx';
import type { PageProps } from '../pages/index.tsx';
import { Badge } from '../ui/badge.tsx';
import { Filters } from '../ui/filters.tsx';
import { Table } from '../ui/table.tsx';
import { Decide } from './decide.tsx';
import { fits, type Held, reasonsOf } from './held.ts';
import { One } from './one.tsx';

interface Waiting {
  readonly reviews: readonly Held[];
  /** There are more than these. */
  readonly more: boolean;
}

/** Milliseconds between looks at the clock. */
const TICK = 1000;

/** The queue as it changes; one of it beside, to be read and decided on. */
export function Queue({ session, place: { query } }: PageProps) {
  const [waiting, setWaiting] = useState<Waiting>();
  const live = useEvents<Waiting>('/admin/v1/reviews/live', setWaiting);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  // The queue goes on changing meanwhile: what is decided on is what was chosen when it was begun.
  const [deciding, setDeciding] = useState<{ readonly held: Held; readonly what: 'pass' | 'block' }>();
  const now = useNow();
  const filter = { kind: query.get('kind') ?? '', q: query.get('q') ?? '' };
  const all = (waiting?.reviews ?? []).filter(({ id }) => !gone.has(id));
  const rows = all.filter((held) => fits(held, filter));
  // Where the one that was looked at is gone, the next stands in its place.
  const stood = useRef(0);
  const found = rows.findIndex(({ id }) => id === query.get('at'));
  const at = found >= 0 ? found : Math.max(0, Math.min(stood.current, rows.length - 1));
  stood.current = at;
  const chosen = rows[at];
  const mayDecide = session.may?.includes('reviews.decide') === true;

  const choose = (index: number) => {
    const next = rows[index];
    if (next === undefined) return;
    go(pathTo('review', { ...filter, at: next.id }), true);
    document.getElementById(next.id)?.scrollIntoView({ block: 'nearest' });
  };
  const mine = chosen?.claimed?.by === session.person.id;
  const claim = () => {
    if (chosen === undefined || !mayDecide) return;
    const what = mine ? 'release' : 'claim';
    post<Held>(`/admin/v1/reviews/${encodeURIComponent(chosen.id)}/${what}`).then(
      (held) => {
        setWaiting(
          (before) =>
            before && { ...before, reviews: before.reviews.map((one) => (one.id === held.id ? held : one)) },
        );
        announce(mine ? 'Others may decide on it again.' : 'It is yours for a quarter of an hour.');
      },
      (error) => announce(wordsOf(error)),
    );
  };
  const decide = (what: 'pass' | 'block') => {
    if (chosen !== undefined && mayDecide) setDeciding({ held: chosen, what });
  };
  usePageKeys([
    { key: 'j', says: 'the next one', act: () => choose(at + 1) },
    { key: 'k', says: 'the one before', act: () => choose(at - 1) },
    ...(mayDecide
      ? [
          { key: 'c', says: 'claim it, or release it', act: claim },
          { key: 'a', says: 'allow: let it pass', act: () => decide('pass') },
          { key: 'd', says: 'deny: block it', act: () => decide('block') },
        ]
      : []),
    {
      key: 'u',
      says: 'unseal its text',
      act: () => document.querySelector<HTMLElement>('[data-unseal]')?.click(),
    },
  ]);

  return (
    <>
      <Filters
        fields={[
          { name: 'q', label: 'Caller, team, model or finding' },
          {
            name: 'kind',
            label: 'Kind',
            words: [...new Set([...all.map(({ kind }) => kind), filter.kind])]
              .filter((kind) => kind !== '')
              .sort(),
          },
        ]}
        values={filter}
        onFilter={(values) => go(pathTo('review', values))}
      />
      <p class="quiet" role="status">
        {LIVE_STATES[live]}
        {waiting?.more === true && '. There are more than these: those that are due first are shown.'}
      </p>
      {waiting !== undefined && (
        <div class="beside">
          <Table
            title="Waiting"
            rows={rows}
            id={({ id }) => id}
            current={({ id }) => id === chosen?.id}
            empty={all.length > 0 ? <p>Nothing that waits fits.</p> : <Empty />}
            columns={[
              {
                name: 'deadline',
                label: 'Due',
                value: ({ deadline }) => deadline,
                shown: ({ deadline }) => left(Date.parse(deadline) - now),
              },
              {
                name: 'kind',
                label: 'What',
                value: ({ kind }) => kind,
                shown: (held) => (
                  <button
                    class="link"
                    type="button"
                    id={held.id}
                    aria-pressed={held.id === chosen?.id}
                    onClick={() => choose(rows.indexOf(held))}
                  >
                    {held.kind}
                    <span class="unseen"> {held.id}</span>
                  </button>
                ),
              },
              { name: 'findings', label: 'Found', value: reasonsOf },
              { name: 'caller', label: 'Caller', value: ({ name }) => name },
              { name: 'team', label: 'Team', value: ({ team }) => team },
              { name: 'model', label: 'Model', value: ({ model }) => model },
              {
                name: 'claimed',
                label: 'State',
                value: ({ claimed }) => claimed?.name ?? '',
                shown: ({ claimed }) => (
                  <Badge
                    word={
                      claimed === null ? 'waiting' : claimed.by === session.person.id ? 'yours' : 'claimed'
                    }
                  />
                ),
              },
              {
                name: 'created',
                label: 'Since',
                value: ({ created }) => created,
                shown: ({ created }) => <span class="nowrap">{moment(created)}</span>,
              },
            ]}
          />
          {chosen && (
            <One
              key={chosen.id}
              held={chosen}
              session={session}
              now={now}
              acts={mayDecide ? { claim, decide } : undefined}
            />
          )}
        </div>
      )}
      {deciding && (
        <Decide
          {...deciding}
          onEnd={(decided) => {
            setDeciding(undefined);
            if (decided === undefined) return;
            announce(SAID[decided.state] ?? 'Your word is kept. Others have to decide, too.');
            if (decided.state !== 'open') setGone((before) => new Set([...before, decided.id]));
          }}
        />
      )}
    </>
  );
}

const SAID: Readonly<Record<string, string>> = { passed: 'It passes.', blocked: 'It is blocked.' };

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(ticking);
  }, []);
  return now;
}

const SNIPPET = `guards:
  - use: injection
    on: [prompt]
    action: review

review:
  deadline: 4h
  on_timeout: block
  hold: 15s`;

/** How anything comes here at all. */
const Empty = () => (
  <>
    <p>
      Nothing waits. A guard that is not sure can hold what it finds until a person has decided, if the policy
      says so:
    </p>
    <pre>{SNIPPET}</pre>
    <p>
      What is held is sealed, so the settings need a vault. The caller's connection waits for as long as{' '}
      <code>hold</code> says, and is told to come back then; at the <code>deadline</code> the policy decides.
    </p>
  </>
);
