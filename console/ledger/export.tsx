import { announce } from '../base/announce.tsx';
import { getText, wordsOf } from '../base/api.ts';
import { save } from '../base/save.ts';
import { Field, Form } from '../ui/form.tsx';
import type { LedgerState } from './state.ts';

/** Entries of one file: what a browser holds in memory without trouble. */
const MOST = 100_000;

const FILES = [
  { path: 'key', name: 'ledger.pub', words: 'Public keys' },
  { path: 'checkpoint', name: 'checkpoint', words: 'Newest checkpoint' },
  { path: 'cosigned', name: 'checkpoint.cosigned', words: 'Cosigned checkpoint' },
] as const;

/** What somebody else needs to check the log without trusting this gateway. */
export function Export({ of }: { readonly of: LedgerState }) {
  const take = (path: string, name: string, type: string) =>
    getText(`/admin/v1/ledger/${path}`).then(
      (text) => save(name, type, text),
      (error) => announce(wordsOf(error)),
    );
  const files = FILES.filter(({ path }) => path !== 'cosigned' || of.witnesses !== undefined);
  return (
    <section class="card" aria-labelledby="export">
      <h2 id="export">Take it along</h2>
      <p class="quiet">
        Keys, checkpoints and entries as they stand: <code>gatehouse audit verify</code> checks them anywhere.
        All of it, as it grows, is followed by <code>gatehouse audit mirror</code>.
      </p>
      <div class="row">
        {files.map(({ path, name, words }) => (
          <button type="button" key={path} onClick={() => take(path, name, 'text/plain')}>
            {words}
          </button>
        ))}
      </div>
      <Form
        send="Save entries"
        onSend={async ({ first = '', last = '' }) => {
          const [from, to] = [Number(first), Number(last)];
          if (to < from || to - from >= MOST)
            throw new Error(`The last one comes after the first, and ${MOST} are saved at once.`);
          const text = await getText(`/admin/v1/ledger/entries/${from}?count=${to - from + 1}`);
          save(`entries-${from}-${to}.jsonl`, 'application/jsonl', text);
        }}
      >
        <div class="row">
          <Field label="From entry" name="first" type="number" min={0} defaultValue={0} required />
          <Field
            label="To entry"
            name="last"
            type="number"
            min={0}
            defaultValue={Math.max(0, Math.min(of.entries, MOST) - 1)}
            required
          />
        </div>
      </Form>
    </section>
  );
}
