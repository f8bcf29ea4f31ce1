import { moment } from '../base/format.ts';
import { Badge } from '../ui/badge.tsx';
import type { Key } from './caller.ts';

export const Keys = ({ keys }: { readonly keys: readonly Key[] }) => (
  <ul class="plain">
    {keys.map(({ id, state, expires }) => (
      <li key={id}>
        <code>{id}</code> <Badge word={state} /> {expires !== null && `until ${moment(expires)}`}
      </li>
    ))}
  </ul>
);
