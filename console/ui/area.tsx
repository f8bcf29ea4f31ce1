import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly rows?: number;
  readonly maxlength?: number;
  readonly required?: boolean;
}

/** A text of several lines, in a form. */
export function Area({ label, name, hint, rows = 3, maxlength, required }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={rows}
        {...(maxlength !== undefined && { maxlength })}
        {...(required === true && { required })}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
