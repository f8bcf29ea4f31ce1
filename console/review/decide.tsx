import { post } from '../base/api.ts';
import { Area } from '../ui/area.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Form } from '../ui/form.tsx';
import { type Held, meaningOf, reasonsOf } from './held.ts';

interface Props {
  readonly held: Held;
  readonly what: 'pass' | 'block';
  /** @param decided as it stands then; undefined: nothing was decided */
  readonly onEnd: (decided?: Held) => void;
}

/** A decision with its reason, and how far it goes. */
export const Decide = ({ held, what, onEnd }: Props) => (
  <Dialog title={what === 'pass' ? 'Allow it' : 'Deny it'} onClose={() => onEnd()}>
    <p class="quiet">
      {held.kind} {held.id}: {reasonsOf(held)}
    </p>
    <p>If you do, {meaningOf(held, what)}.</p>
    <Form
      send={what === 'pass' ? 'Allow' : 'Deny'}
      more={
        <button type="button" onClick={() => onEnd()}>
          Cancel
        </button>
      }
      onSend={async ({ reason, always }) => {
        const decided = await post<Held>(`/admin/v1/reviews/${encodeURIComponent(held.id)}/${what}`, {
          reason,
          ...(always === 'true' && { always: true }),
        });
        onEnd(decided);
      }}
    >
      <Area
        label="Reason"
        name="reason"
        required
        maxlength={2000}
        hint="It is sealed; the ledger has its digest."
      />
      {what === 'pass' && held.about === null && held.findings.length > 0 && (
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
