import { useEffect, useState } from 'preact/hooks';
import { plain, type Session, wordsOf } from '../base/api.ts';
import { pathHere } from '../base/route.tsx';
import { Field, Form } from '../ui/form.tsx';
import { type Asks, hasPasskeys, showPasskey } from './passkey.ts';

interface Pending {
  readonly pending: string;
  readonly second: readonly string[];
}

interface Provider {
  readonly name: string;
  readonly label: string;
}

interface Props {
  readonly onSession: (session: Session) => void;
}

/** Both factors, one after the other; or a passkey, which is both; or somebody who vouches for the person. */
export function SignIn({ onSession }: Props) {
  const [pending, setPending] = useState<Pending>();
  useEffect(() => {
    document.title = 'Sign in – Gatehouse';
  }, []);
  return (
    <main id="main" class="door">
      <h1>Gatehouse</h1>
      {pending === undefined ? (
        <First onPending={setPending} onSession={onSession} />
      ) : (
        <Second pending={pending} onSession={onSession} onBack={() => setPending(undefined)} />
      )}
    </main>
  );
}

function First({ onPending, onSession }: Props & { readonly onPending: (pending: Pending) => void }) {
  const [providers, setProviders] = useState<readonly Provider[]>([]);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    plain.get<{ providers: Provider[] }>('/auth/v1/oidc/providers').then(
      ({ providers: known }) => setProviders(known),
      () => {},
    );
  }, []);
  const attempt = (act: () => Promise<void>) => {
    setProblem('');
    act().catch((error) => setProblem(wordsOf(error)));
  };
  return (
    <>
      <Form
        send="Go on"
        onSend={async ({ login, passphrase }) =>
          onPending(await plain.post<Pending>('/auth/v1/sign-in', { login, passphrase }))
        }
      >
        <Field label="Login" name="login" autocomplete="username" autocapitalize="none" required autofocus />
        <Field
          label="Passphrase"
          name="passphrase"
          type="password"
          autocomplete="current-password"
          required
        />
      </Form>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="others">
        {hasPasskeys() && (
          <button type="button" onClick={() => attempt(async () => onSession(await byPasskey()))}>
            Sign in with a passkey
          </button>
        )}
        {providers.map(({ name, label }) => (
          <button type="button" key={name} onClick={() => attempt(() => leaveFor(name))}>
            Sign in with {label}
          </button>
        ))}
      </div>
      <p class="quiet">No account? Whoever runs this gateway makes you a link: gatehouse people invite</p>
    </>
  );
}

async function byPasskey(): Promise<Session> {
  const { options } = await plain.get<Asks>('/auth/v1/sign-in/passkey');
  return plain.post<Session>('/auth/v1/sign-in/passkey', { credential: await showPasskey(options) });
}

/** To the provider, and back to the page that was asked for. */
async function leaveFor(provider: string): Promise<void> {
  const query = new URLSearchParams({ provider, to: pathHere() });
  const { location } = await plain.get<{ location: string }>(`/auth/v1/oidc/begin?${query}`);
  window.location.assign(location);
}

function Second({
  pending,
  onSession,
  onBack,
}: Props & { readonly pending: Pending; readonly onBack: () => void }) {
  const [problem, setProblem] = useState('');
  const codes = pending.second.some((kind) => kind !== 'passkey');
  const withPasskey = async () => {
    const { options } = await plain.post<Asks>('/auth/v1/sign-in/passkey/begin', {
      pending: pending.pending,
    });
    const credential = await showPasskey(options);
    onSession(
      await plain.post<Session>('/auth/v1/sign-in/passkey', { pending: pending.pending, credential }),
    );
  };
  const back = (
    <button type="button" onClick={onBack}>
      Back
    </button>
  );
  return (
    <>
      {codes ? (
        <Form
          send="Sign in"
          more={back}
          onSend={async ({ code = '' }) =>
            onSession(
              await plain.post<Session>('/auth/v1/sign-in/code', {
                pending: pending.pending,
                code: code.trim(),
              }),
            )
          }
        >
          <Field
            label="Code"
            name="code"
            autocomplete="one-time-code"
            hint="Six digits of your app, or one of your recovery codes."
            required
            autofocus
          />
        </Form>
      ) : (
        back
      )}
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {pending.second.includes('passkey') && hasPasskeys() && (
        <button type="button" onClick={() => withPasskey().catch((error) => setProblem(wordsOf(error)))}>
          Use a passkey
        </button>
      )}
    </>
  );
}
