import { post } from '../base/api.ts';
import { Area } from '../ui/area.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Form } from '../ui/form.tsx';
import { type Held, reasonsOf } from './held.ts';

interface Props {
  readonly held: Held;
  readonly what: 'pass' | 'block';
  readonly onEnd: (decided: boolean) => void;
}

/** A decision with its reason, and how far it goes. */
export const Decide = ({ held, what, onEnd }: Props) => (
  <Dialog title={what === 'pass' ? 'Let it pass' : 'Block it'} onClose={() => onEnd(false)}>
    <p class="quiet">
      {held.kind} {held.id}: {reasonsOf(held)}
    </p>
    <Form
      send={what === 'pass' ? 'Allow' : 'Deny'}
      more={
        <button type="button" onClick={() => onEnd(false)}>
          Cancel
        </button>
      }
      onSend={async ({ reason, always }) => {
        await post(`/admin/v1/reviews/${encodeURIComponent(held.id)}/${what}`, {
          reason,
          ...(always === 'true' && { always: true }),
        });
        onEnd(true);
      }}
    >
      <Area
        label="Reason"
        name="reason"
        required
        maxlength={2000}
        hint="It is sealed; the ledger has its digest."
      />
      {what === 'pass' && held.findings.length > 0 && (
        <Choice
          label="How far"
          name="always"
          hint="Another text, another guard or another caller is held as before."
          options={[
            ['', 'This one'],
            ['true', 'The same findings of this caller, from now on'],
          ]}
        />
      )}
    </Form>
  </Dialog>
);
