import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { post, wordsOf } from '../base/api.ts';
import { moment } from '../base/format.ts';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Secret } from '../ui/secret.tsx';
import type { Caller, Identity } from './caller.ts';
import { given } from './given.ts';

interface SwitchProps {
  readonly kind: 'callers' | 'identities';
  readonly of: Pick<Caller | Identity, 'id' | 'name' | 'disabled'>;
  readonly again: () => void;
}

/** Off and on. */
export function Switch({ kind, of: { id, name, disabled }, again }: SwitchProps) {
  const [act, word] = disabled === null ? (['disable', 'Disable'] as const) : (['enable', 'Enable'] as const);
  const change = () =>
    post(`/admin/v1/${kind}/${encodeURIComponent(id)}/${act}`).then(
      () => {
        announce(`${name} is switched ${disabled === null ? 'off' : 'on'}.`);
        again();
      },
      (error) => announce(wordsOf(error)),
    );
  return (
    <button class="small" type="button" onClick={change}>
      {word}
      <span class="unseen"> {name}</span>
    </button>
  );
}

interface ActsProps {
  readonly caller: Caller;
  readonly again: () => void;
}

/** What can be done about a caller and its keys. */
export function Acts({ caller, again }: ActsProps) {
  const [asking, setAsking] = useState<'rotate' | 'revoke'>();
  const [secret, setSecret] = useState('');
  const close = () => setAsking(undefined);
  const made = (key: string) => {
    close();
    setSecret(key);
    again();
  };
  const { name } = caller;
  return (
    <div class="acts">
      <button class="small" type="button" onClick={() => setAsking('rotate')}>
        Rotate<span class="unseen"> {name}</span>
      </button>
      <button class="small" type="button" onClick={() => setAsking('revoke')}>
        Revoke<span class="unseen"> {name}</span>
      </button>
      <Switch kind="callers" of={caller} again={again} />
      {asking === 'rotate' && <Rotate caller={caller} onMade={made} onClose={close} />}
      {asking === 'revoke' && <Revoke caller={caller} again={again} onClose={close} />}
      {secret !== '' && (
        <Secret title={`The new key of ${name}`} text={secret} onKept={() => setSecret('')} />
      )}
    </div>
  );
}

const pathOf = ({ id }: Caller, act: string): string => `/admin/v1/callers/${encodeURIComponent(id)}/${act}`;

const Cancel = ({ onClose }: { readonly onClose: () => void }) => (
  <button type="button" onClick={onClose}>
    Cancel
  </button>
);

interface RotateProps {
  readonly caller: Caller;
  readonly onMade: (key: string) => void;
  readonly onClose: () => void;
}

const Rotate = ({ caller, onMade, onClose }: RotateProps) => (
  <Dialog title={`A new key for ${caller.name}`} onClose={onClose}>
    <Form
      send="Make it"
      more={<Cancel onClose={onClose} />}
      onSend={async (values) =>
        onMade((await post<{ key: string }>(pathOf(caller, 'rotate'), given(values))).key)
      }
    >
      <Field
        label="Old keys go on for"
        name="overlap"
        placeholder="24h"
        hint="0s ends them at once."
        autofocus
      />
      <Field label="New key ends" name="expires" placeholder="as the one before" />
    </Form>
  </Dialog>
);

interface RevokeProps {
  readonly caller: Caller;
  readonly again: () => void;
  readonly onClose: () => void;
}

const Revoke = ({ caller, again, onClose }: RevokeProps) => (
  <Dialog title={`Revoke keys of ${caller.name}?`} onClose={onClose}>
    <Form
      send="Revoke"
      more={<Cancel onClose={onClose} />}
      onSend={async (values) => {
        const { revoked } = await post<{ revoked: string[] }>(pathOf(caller, 'revoke'), given(values));
        announce(`${revoked.length === 1 ? 'A key' : `${revoked.length} keys`} of ${caller.name} revoked.`);
        again();
        onClose();
      }}
    >
      <p>What is revoked ends at once and for good. Requests that are under way finish.</p>
      <Choice
        label="Which"
        name="key"
        options={[
          ['', 'all of them'],
          ...caller.keys
            .filter(({ state }) => state !== 'revoked')
            .map(({ id, created }) => [id, `${id}, made ${moment(created)}`] as const),
        ]}
      />
    </Form>
  </Dialog>
);
