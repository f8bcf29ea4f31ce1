import { useState } from 'preact/hooks';
import { announce } from '../base/announce.tsx';
import { get, type Session, wordsOf } from '../base/api.ts';
import { moment } from '../base/format.ts';
import type { Step } from '../pages/way.ts';
import { Badge } from '../ui/badge.tsx';
import { marksIn } from './pieces.ts';
import { Texts } from './texts.tsx';
import { WhoMayRead } from './who.tsx';

/** One record of the vault (`GET /admin/v1/vault/content/:id`). */
interface Opened {
  readonly kind: string;
  readonly id: string;
  readonly subject: string | null;
  readonly time: string;
  /** The ledger names exactly these sealed bytes. */
  readonly recorded: boolean;
  readonly failed: string | null;
  readonly text: string | null;
}

interface Props {
  readonly request: string;
  /** What the entry says was sealed. */
  readonly kept: Readonly<Record<string, unknown>> | undefined;
  readonly steps: readonly Step[];
  readonly session: Session;
}

/** What was kept of a request. It is read when somebody who may asks for it, and that they did is in the ledger before they see it. */
export function Sealed({ request, kept, steps, session }: Props) {
  return (
    <section aria-labelledby="sealed">
      <h2 id="sealed">What was said</h2>
      {kept === undefined || Object.keys(kept).every((name) => name === 'failed') ? (
        <p class="quiet">
          {kept?.failed === true ? 'It could not be sealed, so it was not kept.' : 'Nothing was kept of it:'}{' '}
          <code>content.seal</code> of the policy says what is.
        </p>
      ) : session.may?.includes('content.read') === true ? (
        <Openable request={request} steps={steps} />
      ) : (
        <WhoMayRead session={session} />
      )}
    </section>
  );
}

function Openable({ request, steps }: Pick<Props, 'request' | 'steps'>) {
  const [opened, setOpened] = useState<readonly Opened[]>();
  const open = () =>
    get<{ content: Opened[] }>(`/admin/v1/vault/content/${encodeURIComponent(request)}`).then(
      ({ content }) => setOpened(content),
      (error) => announce(wordsOf(error)),
    );
  if (opened === undefined)
    return (
      <p>
        <button type="button" data-unseal onClick={open}>
          Unseal it
        </button>{' '}
        <span class="quiet">The ledger will say that you did.</span>
      </p>
    );
  return (
    <>
      {opened.map((one) => (
        <section class="sealed" key={one.id} aria-label={TITLES[one.kind] ?? one.kind}>
          <h3>
            {TITLES[one.kind] ?? one.kind}{' '}
            <span class="quiet">
              {moment(one.time)}
              {one.subject !== null && `, of the person ${one.subject}`}
            </span>{' '}
            <Badge word={one.recorded ? 'recorded' : 'not_recorded'} />
          </h3>
          {one.text === null ? (
            <p class="problem">It cannot be opened: {one.failed ?? 'its key was destroyed'}.</p>
          ) : (
            <Texts text={one.text} marks={(text, path) => marksIn(text, path, foundIn(one.kind, steps))} />
          )}
        </section>
      ))}
    </>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  prompt: 'The prompt, as it went on',
  blocked: 'The prompt, as it came',
  reply: 'The reply, as it was given',
};

const foundIn = (kind: string, steps: readonly Step[]) =>
  steps
    .filter(({ name }) => name === (kind === 'reply' ? 'inspect reply' : 'inspect prompt'))
    .flatMap(({ guards }) => guards)
    .flatMap(({ name, findings }) => findings.map((finding) => ({ ...finding, guard: name })));
