import { useEffect, useState } from 'preact/hooks';
import { plain, type Session, wordsOf } from '../base/api.ts';
import { save } from '../base/save.ts';
import { Choice } from '../ui/choice.tsx';
import { Field, Form } from '../ui/form.tsx';
import { hasPasskeys, type Makes, makePasskey } from './passkey.ts';
import { Qr } from './qr.tsx';

interface Begun {
  readonly enrolment: string;
  readonly person: { readonly login: string; readonly name: string };
  readonly totp: { readonly uri: string; readonly secret: string };
}

type Done = Session & { readonly recovery_codes: readonly string[] };

interface Props {
  /** What stood behind the `#` of the link. */
  readonly link: string;
  readonly onSession: (session: Session) => void;
}

/** Choosing factors by a one-time link: a passphrase, an app or a passkey, then the recovery codes, which are shown this once. */
export function Enrol({ link, onSession }: Props) {
  const [begun, setBegun] = useState<Begun>();
  const [done, setDone] = useState<Done>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    document.title = 'Choose your factors – Gatehouse';
    plain.post<Begun>('/auth/v1/enrolment', { link }).then(setBegun, (error) => setProblem(wordsOf(error)));
  }, [link]);
  return (
    <main id="main" class="door wide">
      <h1>Welcome{begun && `, ${begun.person.name}`}</h1>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem} A link is good once. Ask whoever sent it for a new one.
        </p>
      )}
      {begun && !done && <Choose begun={begun} onDone={setDone} />}
      {done && <RecoveryCodes codes={done.recovery_codes} onKept={() => onSession(done)} />}
    </main>
  );
}

const SECOND = [
  ['app', 'an authenticator app'],
  ['passkey', 'a passkey'],
] as const;

function Choose({ begun, onDone }: { readonly begun: Begun; readonly onDone: (done: Done) => void }) {
  const [second, setSecond] = useState('app');
  const finish = async ({ passphrase, again, ...shown }: Readonly<Record<string, string>>) => {
    if (passphrase !== again) throw new Error('The two passphrases differ.');
    const chosen = { enrolment: begun.enrolment, passphrase };
    onDone(await (second === 'app' ? withApp(chosen, shown) : withPasskey(chosen, shown)));
  };
  return (
    <Form send="Finish" onSend={finish}>
      <p>
        Your login is <b>{begun.person.login}</b>. Choose a passphrase, and what you show beside it.
      </p>
      <input type="hidden" name="login" autocomplete="username" value={begun.person.login} />
      <Field
        label="Passphrase"
        name="passphrase"
        type="password"
        autocomplete="new-password"
        hint="12 characters or more. Four words are good."
        required
        minlength={12}
        autofocus
      />
      <Field label="Passphrase, again" name="again" type="password" autocomplete="new-password" required />
      {hasPasskeys() && (
        <Choice label="Second factor" name="second" options={SECOND} value={second} onChoice={setSecond} />
      )}
      {second === 'app' ? (
        <App {...begun.totp} />
      ) : (
        <Field label="Name" name="name" hint="By which you tell this passkey from others: laptop." required />
      )}
    </Form>
  );
}

interface Chosen {
  readonly enrolment: string;
  readonly passphrase: string | undefined;
}

type Shown = Readonly<Record<string, string>>;

const withApp = (chosen: Chosen, { code = '' }: Shown): Promise<Done> =>
  plain.post('/auth/v1/enrolment/finish', { ...chosen, code: code.trim() });

async function withPasskey(chosen: Chosen, { name }: Shown): Promise<Done> {
  const { enrolment } = chosen;
  const { options } = await plain.post<Makes>('/auth/v1/enrolment/passkey/begin', { enrolment });
  return plain.post('/auth/v1/enrolment/passkey', {
    ...chosen,
    name,
    credential: await makePasskey(options),
  });
}

function App({ uri, secret }: Begun['totp']) {
  return (
    <>
      <p>Scan the picture with an authenticator app.</p>
      <div class="scan">
        <Qr text={uri} label="QR code for an authenticator app" />
        <p>
          No camera? Type this into the app:
          <br />
          <code class="secret">{secret.match(/.{1,4}/g)?.join(' ')}</code>
        </p>
      </div>
      <Field
        label="Code"
        name="code"
        inputmode="numeric"
        autocomplete="one-time-code"
        hint="The six digits that the app shows now."
        required
      />
    </>
  );
}

/** Shown once. */
export function RecoveryCodes({
  codes,
  onKept,
}: {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}) {
  return (
    <section aria-label="Recovery codes">
      <p>
        These recovery codes are shown <b>this once</b>. Each is good once in the place of a code of the app.
        Keep them where you would keep a key.
      </p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="row">
        <button
          type="button"
          onClick={() => save('gatehouse-recovery-codes.txt', 'text/plain', `${codes.join('\n')}\n`)}
        >
          Save as a file
        </button>
        <button class="main" type="button" onClick={onKept}>
          I have kept them
        </button>
      </div>
    </section>
  );
}
