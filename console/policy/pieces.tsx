import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, wordsOf } from '../base/api.ts';
import type { Schema } from './schema-help.ts';

export interface Checked {
  readonly ok: boolean;
  readonly flaws: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  readonly warnings: readonly { readonly kind: string; readonly message: string }[];
}

/** The editor weighs as much as all the rest: it is loaded where somebody writes or compares. */
const loadEditor = () => import('./editor.ts');

interface EditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onChecked: (checked: Checked) => void;
}

/** @param props.text where it begins; what is written later is the editor's own */
export function Editor({ text, onChange, onChecked }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const tell = useRef({ onChange, onChecked });
  tell.current = { onChange, onChecked };
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    Promise.all([loadEditor(), get<Schema>('/admin/v1/policy/schema')]).then(
      ([{ openEditor }, schema]) => {
        if (gone || place.current === null) return;
        close = openEditor({
          parent: place.current,
          label: 'Policy',
          text,
          schema,
          async check(now) {
            const checked = await post<Checked>('/admin/v1/policy/check', { text: now });
            tell.current.onChecked(checked);
            return checked.flaws;
          },
          onChange: (now) => tell.current.onChange(now),
        });
      },
      (error) => setProblem(wordsOf(error)),
    );
    return () => {
      gone = true;
      close?.();
    };
  }, [text]);
  return problem === '' ? (
    <div ref={place} class="editor" />
  ) : (
    <p class="problem" role="alert">
      {problem}
    </p>
  );
}

interface Change {
  readonly section: string;
  readonly name: string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly effect: string;
}

export interface Compared {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly Change[] | null;
  readonly problem: string | null;
}

/** What two policies differ in: in meaning, and side by side. */
export function Comparison({
  names,
  found,
}: {
  readonly names: readonly [string, string];
  readonly found: Compared;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let close: (() => void) | undefined;
    let gone = false;
    loadEditor().then(({ openDiff }) => {
      if (!gone && place.current !== null) close = openDiff(place.current, names, [found.from, found.to]);
    });
    return () => {
      gone = true;
      close?.();
    };
  }, [found]);
  return (
    <section aria-label="Comparison">
      <h2>
        {names[0]} and {names[1]}
      </h2>
      {found.problem !== null && <p class="problem">{found.problem}</p>}
      {found.changes?.length === 0 && <p>They mean the same.</p>}
      <ul class="changes">
        {(found.changes ?? []).map(({ section, name, field, before, after, effect }) => (
          <li key={`${section} ${name} ${field}`}>
            <strong class={effect}>{effect}</strong>{' '}
            {[section, name, field].filter((word) => word !== '').join(' ')}: <code>{before ?? '–'}</code> →{' '}
            <code>{after ?? '–'}</code>
          </li>
        ))}
      </ul>
      <div ref={place} class="editor" />
    </section>
  );
}
