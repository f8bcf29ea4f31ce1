import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly name: string;
  /** What is sent, and what people read. */
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly onChoice?: (value: string) => void;
}

/** One of a few, in a form. */
export function Choice({ label, name, options, value, hint, onChoice }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        onChange={(event) => onChoice?.(event.currentTarget.value)}
        {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })}
      >
        {options.map(([each, words]) => (
          <option key={each} value={each} selected={each === value}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
