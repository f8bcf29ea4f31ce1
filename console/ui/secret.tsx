import { announce } from '../base/announce.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly onKept: () => void;
}

/** What is shown this once: a key, a token, a link. */
export const Secret = ({ title, text, onKept }: Props) => (
  <Dialog title={title} onClose={onKept}>
    <p>
      It is shown <b>this once</b>. Hand it over in private.
    </p>
    <p>
      <code class="secret break">{text}</code>
    </p>
    <div class="row">
      <button
        type="button"
        onClick={() =>
          navigator.clipboard.writeText(text).then(
            () => announce('Copied.'),
            () => announce('The browser does not let the page copy; mark it and copy it yourself.'),
          )
        }
      >
        Copy
      </button>
      <button class="main" type="button" onClick={onKept}>
        I have it
      </button>
    </div>
  </Dialog>
);
