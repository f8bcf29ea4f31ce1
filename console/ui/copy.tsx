import { announce } from '../base/announce.tsx';

/** Puts a text where the person can paste it. */
export const Copy = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <button
    class="small"
    type="button"
    onClick={() =>
      navigator.clipboard.writeText(text).then(
        () => announce('Copied.'),
        () => announce('The browser does not let the page copy; mark it and copy it yourself.'),
      )
    }
  >
    Copy<span class="unseen"> {what}</span>
  </button>
);
