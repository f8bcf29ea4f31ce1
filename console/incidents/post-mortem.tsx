import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { getText, wordsOf } from '../base/api.ts';
import { useData } from '../base/data.ts';
import { save } from '../base/save.ts';
import { Show } from '../ui/page.tsx';
import type { Incident } from './incident.ts';

interface Section {
  readonly heading: string;
  readonly lines?: readonly string[];
  /** The first row is its head. */
  readonly table?: readonly (readonly string[])[];
}

const FORMS = {
  markdown: { words: 'Markdown', type: 'text/markdown', ending: 'md' },
  html: { words: 'HTML', type: 'text/html', ending: 'html' },
} as const;

/** The draft that nobody had to write: read here, or taken along. */
export function PostMortem({ incident: { id, version } }: { readonly incident: Incident }) {
  const [open, setOpen] = useState(false);
  const path = `/admin/v1/incidents/${encodeURIComponent(id)}/postmortem`;
  const take = (form: keyof typeof FORMS) =>
    getText(`${path}?form=${form}`).then(
      (text) => save(`post-mortem-${id}.${FORMS[form].ending}`, FORMS[form].type, text),
      (error) => announce(wordsOf(error)),
    );
  return (
    <section class="card" aria-labelledby="post-mortem">
      <div class="table-head">
        <h2 id="post-mortem">Post-mortem</h2>
        <span class="grow" />
        {(['markdown', 'html'] as const).map((form) => (
          <button class="small" type="button" key={form} onClick={() => take(form)}>
            {FORMS[form].words}
            <span class="unseen"> of the post-mortem</span>
          </button>
        ))}
      </div>
      <p class="quiet">
        A draft of all that the ledger can say, with the questions that only people can answer. Comments are
        not in it.
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Read it here</summary>
        {open && <Draft path={`${path}?form=json`} version={version} />}
      </details>
    </section>
  );
}

function Draft({ path, version }: { readonly path: string; readonly version: number }) {
  const found = useData<{ title: string; sections: Section[] }>(path, version);
  return (
    <Show of={found}>
      {({ sections }) => (
        <div class="draft">
          {sections.map(({ heading, lines = [], table }) => (
            <section key={heading} aria-label={heading}>
              <h3>{heading}</h3>
              {lines.map((line) => (
                <p key={line}>{line}</p>
              ))}
              {table !== undefined && <Rows table={table} of={heading} />}
            </section>
          ))}
        </div>
      )}
    </Show>
  );
}

function Rows({
  table: [head = [], ...rows],
  of,
}: {
  readonly table: NonNullable<Section['table']>;
  readonly of: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <section class="scroll" tabIndex={0} aria-label={`${of}, table`}>
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join('\n')}>
              {row.map((cell, at) => (
                <td key={head[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
