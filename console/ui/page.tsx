import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Loaded } from '../base/data.ts';

interface Props {
  readonly title: string;
  readonly says?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page: its title is that of the window too, so that tabs and history say where they lead. */
export function Page({ title, says, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} – Gatehouse`;
  }, [title]);
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        <span class="grow" />
        {actions}
      </div>
      {says && <p class="lead">{says}</p>}
      {children}
    </>
  );
}

/** What was asked for, as soon as it is there; else that it is on its way, or why it is not. */
export function Show<T>({
  of,
  children,
}: {
  readonly of: Loaded<T>;
  readonly children: (data: T) => ComponentChildren;
}) {
  if (of.problem !== undefined)
    return (
      <div class="problem" role="alert">
        <p>{of.problem}</p>
        <button type="button" onClick={of.again}>
          Try again
        </button>
      </div>
    );
  return of.data === undefined ? <p class="quiet">Loading …</p> : children(of.data);
}
