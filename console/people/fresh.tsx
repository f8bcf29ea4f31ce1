import { useEffect, useState } from 'preact/hooks';
import { keepCsrf, plain, type Session, wordsOf } from '../base/api.ts';
import { pathHere } from '../base/route.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { type Asks, hasPasskeys, showPasskey } from './passkey.ts';

interface Props {
  readonly session: Session;
  readonly onEnd: (shown: boolean) => void;
}

/** Before a dangerous act: a factor, shown now. The act goes on by itself then. */
export function FreshFactor({ session, onEnd }: Props) {
  const [kinds, setKinds] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState('');
  const outside = session.person.source !== 'local';
  useEffect(() => {
    plain.get<{ factors: { kind: string }[] }>('/auth/v1/factors').then(
      ({ factors }) => setKinds(factors.map(({ kind }) => kind)),
      () => {},
    );
  }, []);
  const shown = (fresh: Session) => {
    keepCsrf(fresh.csrf);
    onEnd(true);
  };
  const withPasskey = async () => {
    const { options } = await plain.post<Asks>('/auth/v1/fresh/passkey/begin');
    shown(await plain.post<Session>('/auth/v1/fresh/passkey', { credential: await showPasskey(options) }));
  };
  const atProvider = async () => {
    const { location } = await plain.post<{ location: string }>('/auth/v1/fresh/oidc', { to: pathHere() });
    window.location.assign(location);
  };
  const attempt = (act: () => Promise<void>) => {
    setProblem('');
    act().catch((error) => setProblem(wordsOf(error)));
  };
  const cancel = (
    <button type="button" onClick={() => onEnd(false)}>
      Cancel
    </button>
  );
  return (
    <Dialog title="Show that it is you" onClose={() => onEnd(false)}>
      <p>This act needs a factor that was shown just now.</p>
      {outside ? (
        <div class="row">
          <button class="main" type="button" onClick={() => attempt(atProvider)}>
            Sign in again
          </button>
          {cancel}
        </div>
      ) : (
        <Form
          send="Go on"
          more={cancel}
          onSend={async ({ code = '' }) =>
            shown(await plain.post<Session>('/auth/v1/fresh', { code: code.trim() }))
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
      )}
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {kinds.includes('passkey') && hasPasskeys() && (
        <button type="button" onClick={() => attempt(withPasskey)}>
          Use a passkey
        </button>
      )}
    </Dialog>
  );
}
