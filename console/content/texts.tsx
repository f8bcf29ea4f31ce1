import { useMemo, useState } from 'preact/hooks';
import { count } from '../base/format.ts';
import { partsOf } from './parts.ts';
import { type Mark, piecesOf } from './pieces.ts';

interface Props {
  readonly text: string;
  /** What to mark in the text at a path. */
  readonly marks: (text: string, path: string) => readonly Mark[];
}

/** A prompt or a reply, text by text, and below it as it is. Whatever stands in it is shown, and does nothing. */
export function Texts({ text, marks }: Props) {
  const parts = useMemo(() => partsOf(text), [text]);
  const [whole, setWhole] = useState(false);
  return (
    <>
      {parts.map((part) => (
        <div class="part" key={part.path}>
          <code class="quiet break">{part.path}</code>
          <Text text={part.text} marks={marks(part.text, part.path)} label={part.path || 'Text'} />
        </div>
      ))}
      {(parts.length !== 1 || parts[0]?.text !== text) && (
        <details onToggle={(event) => setWhole(event.currentTarget.open)}>
          <summary>As it is</summary>
          {whole && <Text text={text} marks={[]} label="As it is" />}
        </details>
      )}
    </>
  );
}

/** Characters that are shown at first; each time more are wanted, so many times as many. */
const FIRST = 2_000;
const MORE = 8;

/** Text of strangers: what hides in it is shown by name, and it takes no more room than it is given. */
export function Text({ text, marks, label }: { text: string; marks: readonly Mark[]; label: string }) {
  const [length, setLength] = useState(FIRST);
  const { pieces, left, full } = useMemo(() => piecesOf(text, marks, length), [text, marks, length]);
  return (
    <>
      <pre class="text" dir="auto">
        {pieces.map(({ text: said, hidden, mark }, at) => {
          const inner = hidden ? <span class="hidden-char">{said}</span> : said;
          return mark === undefined ? (
            <span key={at}>{inner}</span>
          ) : (
            <mark key={at} title={titleOf(mark)}>
              <span class="unseen">{titleOf(mark)}: </span>
              {inner}
            </mark>
          );
        })}
      </pre>
      {left > 0 && full && (
        <p class="quiet">
          {count(left)} characters more are not drawn: too many hidden ones stand in it. The command line
          shows all of it.
        </p>
      )}
      {left > 0 && !full && (
        <button class="small" type="button" onClick={() => setLength(length * MORE)}>
          Show more<span class="unseen"> of {label}</span> ({count(left)} characters are left)
        </button>
      )}
    </>
  );
}

const titleOf = ({ reason, guard }: Mark): string => (guard === undefined ? reason : `${reason} (${guard})`);
