import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { wordsOf } from '../base/api.ts';

type InputProps = JSX.IntrinsicElements['input'] & { readonly label: string; readonly hint?: string };

/** A field with its label, and a hint that readers read with it. */
export function Field({ label, hint, ...input }: InputProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input {...input} id={id} {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })} />
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

interface FormProps {
  /** Gets what was typed, by the names of the fields. What it throws is shown. */
  readonly onSend: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly send: string;
  readonly children: ComponentChildren;
  readonly more?: ComponentChildren;
}

export function Form({ onSend, send, children, more }: FormProps) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setProblem('');
    try {
      await onSend(values);
    } catch (error) {
      setProblem(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      {children}
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="row">
        <button class="main" type="submit" disabled={busy}>
          {send}
        </button>
        {more}
      </div>
    </form>
  );
}
