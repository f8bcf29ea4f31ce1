import { useState } from 'preact/hooks';
import { get, getText, wordsOf } from '../base/api.ts';
import { moment } from '../base/format.ts';
import { save } from '../base/save.ts';
import { Badge } from '../ui/badge.tsx';
import { type InclusionProof, type Verified, verifyProof } from './verify.ts';

interface Props {
  readonly seq: number;
  /** The line that is shown. */
  readonly entry?: string;
}

type State =
  | { readonly is: 'asked' | 'busy' }
  | { readonly is: 'no'; readonly why: string }
  | { readonly is: 'yes'; readonly proof: InclusionProof; readonly verified: Verified };

/** Verifies an entry in this browser. It says “verified” when it was, and at no other time. */
export function Prove({ seq, entry }: Props) {
  const [state, setState] = useState<State>({ is: 'asked' });
  const verify = async () => {
    setState({ is: 'busy' });
    try {
      const proof = await get<InclusionProof>(`/admin/v1/ledger/proof/${seq}`);
      const verified = await verifyProof(proof, await getText('/admin/v1/ledger/key'), seq, entry);
      setState({ is: 'yes', proof, verified });
    } catch (error) {
      setState({ is: 'no', why: wordsOf(error) });
    }
  };
  return (
    <div class="proof" aria-live="polite">
      {state.is !== 'yes' && (
        <button type="button" onClick={verify} disabled={state.is === 'busy'}>
          {state.is === 'busy' ? 'Verifying …' : 'Verify in this browser'}
          <span class="unseen"> entry {seq}</span>
        </button>
      )}
      {state.is === 'no' && <p class="problem">Not verified. {state.why}</p>}
      {state.is === 'yes' && <Yes proof={state.proof} verified={state.verified} />}
    </div>
  );
}

function Yes({
  proof,
  verified: { checkpoint, keys },
}: {
  readonly proof: InclusionProof;
  readonly verified: Verified;
}) {
  return (
    <>
      <p>
        <Badge word="verified" /> Entry {proof.seq} is in the log of {checkpoint.size} entries of{' '}
        <b>{checkpoint.origin}</b>, signed {moment(new Date(checkpoint.time * 1000).toISOString())} by both
        keys. Checked here: {proof.path.length} hashes, Ed25519 and ML-DSA-44.
      </p>
      <details>
        <summary>The keys</summary>
        <p>
          This gateway named them. Compare them with the <code>ledger.pub</code> that you keep elsewhere:
          whoever could replace the whole ledger could replace its keys too.
        </p>
        <ul>
          {keys.map(({ algorithm, vkey }) => (
            <li key={algorithm}>
              {algorithm}: <code class="break">{vkey}</code>
            </li>
          ))}
        </ul>
      </details>
      <button
        class="small"
        type="button"
        onClick={() =>
          save(`proof-${proof.seq}.json`, 'application/json', `${JSON.stringify(proof, null, 2)}\n`)
        }
      >
        Save the proof<span class="unseen"> of entry {proof.seq}</span>
      </button>
    </>
  );
}
