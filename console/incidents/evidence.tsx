import { useState } from 'preact/hooks';
import { useData } from '../base/data.ts';
import { moment } from '../base/format.ts';
import { save } from '../base/save.ts';
import { sha256 } from '../proof/sha256.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Form } from '../ui/form.tsx';
import { Show } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { Change, Incident } from './incident.ts';
import { numbersIn } from './numbers.ts';

interface Locked {
  readonly time: string;
  readonly sha256: string;
  readonly manifest: {
    readonly entries: readonly { readonly seq: number }[];
    readonly files: readonly { readonly name: string }[];
  };
}

interface Props {
  readonly incident: Incident;
  /** Undefined: the person may only look. */
  readonly change: Change | undefined;
}

/** What cannot change unseen any more: entries and files, by hashes that the ledger has. */
export function Evidence({ incident, change }: Props) {
  const [locking, setLocking] = useState(false);
  const path = `/admin/v1/incidents/${encodeURIComponent(incident.id)}/evidence`;
  const found = useData<{ evidence: Locked[] }>(path, incident.version);
  return (
    <div class="card">
      <Show of={found}>
        {({ evidence }) => (
          <Table
            title="Evidence"
            rows={evidence}
            id={({ sha256: digest }) => digest}
            empty={
              <p>
                Nothing is locked. Entries are locked by their leaves, files by their SHA-256; the ledger has
                the digest of the list, so that none of it changes unseen.
              </p>
            }
            columns={[
              { name: 'time', label: 'When', value: ({ time }) => time, shown: ({ time }) => moment(time) },
              {
                name: 'what',
                label: 'What',
                value: ({ manifest: { entries, files } }) =>
                  [...entries.map(({ seq }) => `entry ${seq}`), ...files.map(({ name }) => name)].join('; '),
                shown: ({ manifest: { entries, files } }) => whatOf(entries, files),
              },
              {
                name: 'sha256',
                label: 'Digest of the list',
                value: ({ sha256: digest }) => digest,
                shown: ({ sha256: digest }) => <code class="break">{digest}</code>,
              },
              {
                name: 'manifest',
                label: 'List',
                value: ({ manifest }) => JSON.stringify(manifest),
                shown: ({ sha256: digest, manifest }) => (
                  <button
                    class="small"
                    type="button"
                    onClick={() =>
                      save(
                        `evidence-${digest.slice(0, 12)}.json`,
                        'application/json',
                        JSON.stringify(manifest, null, 2),
                      )
                    }
                  >
                    Save<span class="unseen"> the list {digest.slice(0, 8)}</span>
                  </button>
                ),
              },
            ]}
          />
        )}
      </Show>
      {change && (
        <button type="button" onClick={() => setLocking(true)}>
          Lock evidence …
        </button>
      )}
      {locking && change && <Lock incident={incident} change={change} onClose={() => setLocking(false)} />}
    </div>
  );
}

const whatOf = (entries: Locked['manifest']['entries'], files: Locked['manifest']['files']): string =>
  [
    ...(entries.length === 0 ? [] : [`entries ${rangesOf(entries.map(({ seq }) => seq))}`]),
    ...files.map(({ name }) => name),
  ].join(', ');

/** `118–121, 130`. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(', ');
}

function Lock({
  incident: { version },
  change,
  onClose,
}: {
  readonly incident: Incident;
  readonly change: Change;
  readonly onClose: () => void;
}) {
  const [files, setFiles] = useState<readonly File[]>([]);
  return (
    <Dialog title="Lock evidence" onClose={onClose}>
      <Form
        send="Lock it"
        more={
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        }
        onSend={async ({ entries = '' }) => {
          const hashed = await Promise.all(files.map(hashOf));
          await change('evidence', { entries: numbersIn(entries), files: hashed, version }, 'It is locked.');
          onClose();
        }}
      >
        <Field
          label="Entries of the ledger"
          name="entries"
          placeholder="118, 120-125"
          hint="By their numbers: they stand beside each line of the timeline."
        />
        <Field
          label="Files"
          type="file"
          multiple
          hint="They are hashed in this browser and stay where they are."
          onChange={(event: Event) => setFiles([...((event.currentTarget as HTMLInputElement).files ?? [])])}
        />
      </Form>
    </Dialog>
  );
}

async function hashOf(file: File): Promise<{ name: string; sha256: string; bytes: number }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  // The browser's own is there over TLS and on loopback only.
  const digest = window.isSecureContext
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    : sha256(bytes);
  return {
    name: file.name,
    sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    bytes: bytes.length,
  };
}
