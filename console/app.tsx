import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Announcer, announce } from './base/announce.tsx';
import { ApiError, keepCsrf, plain, type Session, useHooks, wordsOf } from './base/api.ts';
import { HOME, usePlace } from './base/route.tsx';
import { NotThere, pageOf } from './pages/index.tsx';
import { ApprovalNeeded } from './people/approval.tsx';
import { Enrol } from './people/enrol.tsx';
import { FreshFactor } from './people/fresh.tsx';
import { SignIn } from './people/sign-in.tsx';
import { Shell } from './shell.tsx';

/** The token of an enrolment link. It stands behind the `#`, and leaves the address at once: nobody finds it in a history. */
function takeLink(): string | undefined {
  const link = /^#enrol=([\w-]+)$/.exec(window.location.hash)?.[1];
  if (window.location.hash !== '') window.history.replaceState(null, '', window.location.pathname);
  return link;
}

type State =
  | { readonly is: 'starting' }
  | { readonly is: 'away'; readonly problem: string }
  | { readonly is: 'out' }
  | { readonly is: 'in'; readonly session: Session };

/** An act that waits for somebody else, and whoever asked for it. */
interface Proposed {
  readonly why: ApiError;
  readonly end: (again: boolean) => void;
}

export function App() {
  const [link, setLink] = useState(takeLink);
  const [state, setState] = useState<State>({ is: 'starting' });
  const [asking, setAsking] = useState(false);
  const answer = useRef<(shown: boolean) => void>(() => {});
  const [proposed, setProposed] = useState<readonly Proposed[]>([]);

  /** Also after signing in: what the person may do is said here alone. */
  const look = useCallback(async () => {
    try {
      const session = await plain.get<Session>('/auth/v1/session');
      keepCsrf(session.csrf);
      setState({ is: 'in', session });
    } catch (error) {
      setState(error instanceof ApiError ? { is: 'out' } : { is: 'away', problem: wordsOf(error) });
    }
  }, []);

  useEffect(() => {
    useHooks({
      onFactorNeeded: () =>
        new Promise((resolve) => {
          answer.current = resolve;
          setAsking(true);
        }),
      onApprovalNeeded: (why) => new Promise((end) => setProposed((waiting) => [...waiting, { why, end }])),
      onSignedOut: () => {
        setAsking(false);
        answer.current(false);
        setState({ is: 'out' });
        announce('Your session has ended.');
      },
    });
    const followed = () => {
      const next = takeLink();
      if (next !== undefined) setLink(next);
    };
    window.addEventListener('hashchange', followed);
    look();
    return () => window.removeEventListener('hashchange', followed);
  }, [look]);

  const entered = (session: Session) => {
    keepCsrf(session.csrf);
    setLink(undefined);
    look();
  };

  return (
    <>
      {link !== undefined ? (
        <Enrol link={link} onSession={entered} />
      ) : state.is === 'out' ? (
        <SignIn onSession={entered} />
      ) : state.is === 'in' ? (
        <Inside session={state.session} />
      ) : (
        <main id="main" class="door">
          <h1>Gatehouse</h1>
          {state.is === 'away' && (
            <p class="problem" role="alert">
              {state.problem} <a href={HOME}>Try again</a>
            </p>
          )}
        </main>
      )}
      {state.is === 'in' && asking && (
        <FreshFactor
          session={state.session}
          onEnd={(shown) => {
            setAsking(false);
            answer.current(shown);
          }}
        />
      )}
      {state.is === 'in' && proposed[0] && (
        <ApprovalNeeded
          key={proposed.length}
          why={proposed[0].why}
          onEnd={(again) => {
            proposed[0]?.end(again);
            setProposed((waiting) => waiting.slice(1));
          }}
        />
      )}
      <Announcer />
    </>
  );
}

function Inside({ session }: { readonly session: Session }) {
  const place = usePlace();
  const page = pageOf(place.parts[0] ?? '', session.may ?? []);
  return (
    <Shell session={session} current={place.parts[0] ?? ''}>
      {page === undefined ? <NotThere /> : page.render({ session, place })}
    </Shell>
  );
}
