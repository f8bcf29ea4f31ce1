import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { go } from '../base/route.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import { DryRun } from './dry-run.tsx';
import { type Checked, type Compared, Comparison, Editor } from './pieces.tsx';

interface PolicyText {
  readonly text: string;
  readonly digest: string;
  readonly loaded: boolean;
}

/** What was written stays while one looks at another page. */
let kept: { readonly base: string; readonly text: string } | undefined;

/** A draft: written with help, checked, compared, tried, applied. */
export function PolicyDraft({ may }: { readonly may: ReadonlySet<string> }) {
  const found = useData<PolicyText>('/admin/v1/policy/text');
  return (
    <Show of={found}>
      {(file) => (
        <>
          {!file.loaded && (
            <p class="problem">
              The file was changed by hand and is not loaded: reload it before you apply another one.
            </p>
          )}
          <Draft key={file.digest} file={file} may={may} onAgain={found.again} />
        </>
      )}
    </Show>
  );
}

interface DraftProps {
  readonly file: PolicyText;
  readonly may: ReadonlySet<string>;
  readonly onAgain: () => void;
}

function Draft({ file, may, onAgain }: DraftProps) {
  const { digest: base } = file;
  const [begin] = useState(kept?.base === base ? kept.text : file.text);
  const [text, setText] = useState(begin);
  const [checked, setChecked] = useState<Checked>();
  const [compared, setCompared] = useState<Compared>();
  const [tried, setTried] = useState<{ readonly text: string; readonly since: string }>();
  const [since, setSince] = useState('1h');
  const [applying, setApplying] = useState(false);
  const [problem, setProblem] = useState('');
  const write = (now: string) => {
    kept = { base, text: now };
    setText(now);
    setChecked(undefined);
  };
  const compare = () => {
    setProblem('');
    post<Compared>('/admin/v1/policy/diff', { from: 'running', text }).then(setCompared, (error) =>
      setProblem(wordsOf(error)),
    );
  };
  const usable = checked?.ok === true && text !== file.text;
  return (
    <>
      <p class="quiet">
        Ctrl-Space completes; what is under the pointer is explained. Escape, then Tab, leads out of the
        editor.
      </p>
      <Editor text={begin} onChange={write} onChecked={setChecked} />
      <State checked={checked} />
      <div class="row">
        <button type="button" onClick={compare}>
          Compare
        </button>
        {may.has('policy.try') && (
          <>
            <label>
              Since{' '}
              <select value={since} onChange={({ currentTarget }) => setSince(currentTarget.value)}>
                {['15m', '1h', '24h'].map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </label>
            <button type="button" disabled={checked?.ok !== true} onClick={() => setTried({ text, since })}>
              Dry run
            </button>
          </>
        )}
        {may.has('policy.write') && (
          <button class="main" type="button" disabled={!usable} onClick={() => setApplying(true)}>
            Apply
          </button>
        )}
      </div>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {tried && <DryRun {...tried} />}
      {compared && <Comparison names={['In force', 'Draft']} found={compared} />}
      {applying && (
        <Dialog title="Apply this policy" onClose={() => setApplying(false)}>
          <Warnings checked={checked} />
          <Form
            send="Apply it"
            more={
              <button type="button" onClick={() => setApplying(false)}>
                Cancel
              </button>
            }
            onSend={async ({ reason = '', lockout }) => {
              await post('/admin/v1/policy/apply', { text, base, reason, lockout: lockout === 'yes' });
              kept = undefined;
              announce('The policy is in force.');
              setApplying(false);
              onAgain();
              go('policy/history');
            }}
          >
            <Field
              label="Why"
              name="reason"
              hint="It stands in the ledger."
              maxLength={200}
              required
              autofocus
            />
            {checked?.warnings.some(({ kind }) => kind === 'locks_out') && (
              <label>
                <input type="checkbox" name="lockout" value="yes" required /> Nobody may write the policy
                then, and I mean that
              </label>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}

function State({ checked }: { readonly checked: Checked | undefined }) {
  if (checked === undefined)
    return (
      <p class="quiet" role="status">
        Checking …
      </p>
    );
  return (
    <div role="status">
      <p>
        {checked.ok
          ? 'It can be used.'
          : `It has ${checked.flaws.length === 1 ? 'a flaw' : `${checked.flaws.length} flaws`}.`}
      </p>
      <ul>
        {checked.flaws.map(({ line, column, message }) => (
          <li key={`${line} ${column} ${message}`}>
            Line {line}, column {column}: {message}
          </li>
        ))}
      </ul>
      <Warnings checked={checked} />
    </div>
  );
}

const Warnings = ({ checked }: { readonly checked: Checked | undefined }) => (
  <ul class="warnings">
    {checked?.warnings.map(({ kind, message }) => (
      <li key={message}>
        <strong class={kind}>{kind.replace('_', ' ')}</strong> {message}
      </li>
    ))}
  </ul>
);
