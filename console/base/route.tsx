import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export const HOME = '/console/';

/** Where the person is: the page below `/console/`, and what they look at on it. All of it stands in the address. */
export interface Place {
  /** `exchanges`, then perhaps an id; empty for the first page. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

function here(): Place {
  const { pathname, search } = window.location;
  const parts = pathname
    .slice(HOME.length)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  return { parts, query: new URLSearchParams(search) };
}

/** The page that is shown, for whoever leads back here: a path of the console, in words that any of them takes. */
export const pathHere = (): string =>
  /^\/console\/(?:[\w~-]+\/?)*$/.test(window.location.pathname) ? window.location.pathname : HOME;

const MOVED = 'gatehouse:moved';

/** Goes to a page without loading anything. @param to a path below {@link HOME}, with its query */
export function go(to: string, replace = false): void {
  if (replace) window.history.replaceState(null, '', HOME + to);
  else window.history.pushState(null, '', HOME + to);
  window.dispatchEvent(new Event(MOVED));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    window.addEventListener('popstate', moved);
    window.addEventListener(MOVED, moved);
    return () => {
      window.removeEventListener('popstate', moved);
      window.removeEventListener(MOVED, moved);
    };
  }, []);
  return place;
}

/** A path with a query; what is empty is left out. */
export function pathTo(page: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  return given.length === 0 ? page : `${page}?${new URLSearchParams(given)}`;
}

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly 'aria-current'?: 'page';
  /** Before it goes there. */
  readonly onFollow?: () => void;
}

/** A link within the console. It is a real one: it can be copied, and opened in another tab. */
export function Link({ to, children, onFollow, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={HOME + to}
      onClick={(event: MouseEvent) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onFollow?.();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
