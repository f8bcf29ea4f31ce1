import { useEffect, useState } from 'preact/hooks';

let tell: (text: string) => void = () => {};

/** Says something to whoever listens instead of looking, and shows it for a while. */
export const announce = (text: string): void => tell(text);

/** The one live region (WAI-ARIA 1.2, `aria-live`): there from the beginning, as readers need it. */
export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    tell = (next) => {
      clearTimeout(timer);
      setText(next);
      timer = setTimeout(() => setText(''), 6000);
    };
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={text === '' ? 'toast empty' : 'toast'} role="status" aria-live="polite">
      {text}
    </div>
  );
}
