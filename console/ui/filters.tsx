import { useId } from 'preact/hooks';

export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** It is one of these, or none. */
  readonly words?: readonly string[];
  /** What words are called; the empty one stands for none. */
  readonly says?: Readonly<Record<string, string>>;
}

interface Props {
  readonly fields: readonly FilterField[];
  readonly values: Readonly<Record<string, string>>;
  /** What was chosen goes into the address, from where it comes back as `values`. */
  readonly onFilter: (values: Readonly<Record<string, string>>) => void;
}

export function Filters({ fields, values, onFilter }: Props) {
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    onFilter(Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim()])));
  };
  return (
    <search>
      <form class="filters" onSubmit={submit} key={JSON.stringify(values)}>
        {fields.map(({ name, label, hint, words, says }, at) => (
          <div class="filter" key={name}>
            <label for={`${id}-${name}`}>{label}</label>
            {words === undefined ? (
              <input
                id={`${id}-${name}`}
                name={name}
                defaultValue={values[name] ?? ''}
                placeholder={hint}
                {...(at === 0 && { 'data-filter': '' })}
              />
            ) : (
              <select id={`${id}-${name}`} name={name} defaultValue={values[name] ?? ''}>
                {['', ...words].map((word) => (
                  <option key={word} value={word} selected={word === (values[name] ?? '')}>
                    {says?.[word] ?? (word || 'any')}
                  </option>
                ))}
              </select>
            )}
          </div>
        ))}
        <button class="main" type="submit">
          Show
        </button>
        <button type="button" onClick={() => onFilter({})}>
          Clear
        </button>
      </form>
    </search>
  );
}
