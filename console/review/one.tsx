import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { get, type Session, wordsOf } from '../base/api.ts';
import { left, moment } from '../base/format.ts';
import { Link } from '../base/route.tsx';
import type { Mark } from '../content/pieces.ts';
import { Texts } from '../content/texts.tsx';
import { WhoMayRead } from '../content/who.tsx';
import { Fact } from '../ui/fact.tsx';
import { About } from './about.tsx';
import { CONNECTIONS, type Held, meaningOf } from './held.ts';

interface Props {
  readonly held: Held;
  readonly session: Session;
  readonly now: number;
  /** Undefined: who looks at it may not decide. */
  readonly acts:
    | { readonly claim: () => void; readonly decide: (what: 'pass' | 'block') => void }
    | undefined;
}

/** One that waits: what is known of it, its text for those who may read it, and what can be done. */
export function One({ held, session, now, acts }: Props) {
  const mine = held.claimed?.by === session.person.id;
  return (
    <section class="one" aria-label="Chosen">
      <h2>
        A {held.kind} waits <span class="quiet">{held.id}</span>
      </h2>
      <dl class="facts">
        <Fact
          name="Due"
          value={
            <>
              {left(Date.parse(held.deadline) - now)} ({moment(held.deadline)}),{' '}
              {`then ${meaningOf(held, held.on_timeout)}`}
            </>
          }
        />
        {held.about === null && (
          <>
            <Fact name="Caller" value={`${held.name}, team ${held.team}`} />
            {held.model !== null && <Fact name="Model" value={held.model} />}
            <Fact name="Whoever asked" value={CONNECTIONS[held.connection] ?? held.connection} />
            <Fact
              name="Request"
              value={<Link to={`exchanges/${encodeURIComponent(held.request)}`}>{held.request}</Link>}
            />
          </>
        )}
        {held.claimed && (
          <Fact
            name="Claimed"
            value={`${mine ? 'by you' : `by ${held.claimed.name}`}, until ${moment(held.claimed.until)}`}
          />
        )}
      </dl>
      {held.findings.length > 0 && (
        <ul class="findings" aria-label="Findings">
          {held.findings.map(({ guard, reason, path, start, end }) => (
            <li key={`${guard} ${reason} ${path} ${start}`}>
              <b>{reason}</b> by guard {guard}
              {path !== undefined && (
                <>
                  {' '}
                  at <code class="break">{path}</code> {start}–{end}
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {acts && (
        <div class="row">
          <button type="button" onClick={acts.claim}>
            {mine ? 'Release' : 'Claim'}
          </button>
          <button class="main" type="button" onClick={() => acts.decide('pass')}>
            Allow
          </button>
          <button type="button" onClick={() => acts.decide('block')}>
            Deny
          </button>
        </div>
      )}
      {held.about === null ? <HeldText held={held} session={session} /> : <About about={held.about} />}
    </section>
  );
}

interface Opened {
  readonly text: string | null;
  readonly reason: string | null;
  readonly marks?: readonly Mark[];
}

/** The sealed text, read only when somebody who may asks for it; that they did is in the ledger before they see it. */
export function HeldText({ held, session }: Pick<Props, 'held' | 'session'>) {
  const [opened, setOpened] = useState<Opened>();
  const open = () =>
    get<Opened>(`/admin/v1/reviews/${encodeURIComponent(held.id)}/content`).then(setOpened, (error) =>
      announce(wordsOf(error)),
    );
  if (session.may?.includes('content.read') !== true) return <WhoMayRead session={session} />;
  if (opened === undefined)
    return (
      <p>
        <button type="button" data-unseal onClick={open}>
          Unseal the text
        </button>{' '}
        <span class="quiet">The ledger will say that you did.</span>
      </p>
    );
  return (
    <>
      {opened.reason !== null && (
        <p>
          Why it was decided so: <span class="strange">{opened.reason}</span>
        </p>
      )}
      {opened.text === null ? (
        <p class="quiet">There is no text any more: its key was destroyed.</p>
      ) : (
        <Texts
          text={opened.text}
          marks={(_text, path) => opened.marks?.filter((mark) => mark.path === path) ?? []}
        />
      )}
    </>
  );
}
