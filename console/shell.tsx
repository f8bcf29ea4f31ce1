import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from './base/announce.tsx';
import { post, type Session, wordsOf } from './base/api.ts';
import { pageKeys } from './base/keys.ts';
import { go, HOME, Link } from './base/route.tsx';
import { THEMES, type Theme, theme, useTheme } from './base/theme.ts';
import { mayOpen, PAGES } from './pages/index.tsx';
import { Dialog } from './ui/dialog.tsx';

interface Props {
  readonly session: Session;
  readonly current: string;
  readonly children: ComponentChildren;
}

/** What is around every page: the way past it, where one can go, who one is. */
export function Shell({ session, current, children }: Props) {
  const main = useRef<HTMLElement>(null);
  const [help, setHelp] = useState(false);
  const first = useRef(true);
  const pages = PAGES.filter((page) => mayOpen(page, session.may ?? []));
  useKeys(
    pages.map(({ key, path }) => [key, path]),
    () => setHelp(true),
  );
  // Whoever listens hears that the page is another one now.
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [current]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header>
        <a class="brand" href={HOME}>
          Gatehouse
        </a>
        <nav aria-label="Pages">
          <ul>
            {pages.map(({ path, title }) => (
              <li key={path}>
                <Link to={path} {...(path === current && { 'aria-current': 'page' as const })}>
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Self session={session} current={current} onHelp={() => setHelp(true)} />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      {help && (
        <Dialog title="Keys" onClose={() => setHelp(false)}>
          <dl class="keys">
            {pageKeys().map(({ key, says }) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{says}</dd>
              </div>
            ))}
            {pages.map(({ key, path, title }) => (
              <div key={path}>
                <dt>
                  <kbd>g</kbd> <kbd>{key}</kbd>
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>/</kbd>
              </dt>
              <dd>to the filter</dd>
            </div>
            <div>
              <dt>
                <kbd>?</kbd>
              </dt>
              <dd>these keys</dd>
            </div>
          </dl>
          <button class="main" type="button" onClick={() => setHelp(false)}>
            Close
          </button>
        </Dialog>
      )}
    </div>
  );
}

function Self({
  session,
  current,
  onHelp,
}: {
  readonly session: Session;
  readonly current: string;
  readonly onHelp: () => void;
}) {
  const [chosen, setChosen] = useState(theme);
  const signOut = async () => {
    try {
      const { location } = await post<{ location?: string }>('/auth/v1/sign-out');
      window.location.assign(location ?? HOME);
    } catch (error) {
      announce(wordsOf(error));
    }
  };
  return (
    <div class="self">
      <Link to="account" {...(current === 'account' && { 'aria-current': 'page' as const })}>
        {session.person.name}
      </Link>
      <label class="theme">
        <span class="unseen">Colours</span>
        <select
          value={chosen}
          onChange={(event) => {
            const next = event.currentTarget.value as Theme;
            useTheme(next);
            setChosen(next);
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button class="small" type="button" onClick={onHelp}>
        Keys
      </button>
      <button class="small" type="button" onClick={signOut}>
        Sign out
      </button>
    </div>
  );
}

/** `g` and a letter go to a page, `/` to the filter, `?` shows them; a page has its own beside. Never while something is typed. */
function useKeys(pages: readonly (readonly [key: string, path: string])[], onHelp: () => void): void {
  const ways = useRef({ pages, onHelp });
  ways.current = { pages, onHelp };
  useEffect(() => {
    let going = 0;
    const pressed = (event: KeyboardEvent) => {
      const { target, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null)
        return;
      if (target instanceof HTMLElement && target.closest('input, textarea, select') !== null) return;
      const to =
        Date.now() - going < 1500 ? ways.current.pages.find(([letter]) => letter === key)?.[1] : undefined;
      going = key === 'g' ? Date.now() : 0;
      if (to !== undefined) go(to);
      else if (key === '?') ways.current.onHelp();
      else if (key === '/') {
        const filter = document.querySelector<HTMLElement>('[data-filter]');
        if (filter === null) return;
        event.preventDefault();
        filter.focus();
      } else if (key !== 'g') {
        const own = pageKeys().find((one) => one.key === key);
        if (own === undefined) return;
        event.preventDefault();
        own.act();
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
