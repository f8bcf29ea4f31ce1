import type { ComponentChildren } from 'preact';

/** One fact of a list of them (`<dl class="facts">`). */
export const Fact = ({ name, value }: { readonly name: string; readonly value: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
