import { useCallback, useEffect, useState } from 'preact/hooks';
import { get, wordsOf } from './api.ts';

export interface Loaded<T> {
  readonly data: T | undefined;
  /** Words for what went wrong; undefined: nothing did. */
  readonly problem: string | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/**
 * What the gateway answers on a path; asked anew when the path changes. An answer that comes too late is dropped.
 * @param of what else the answer depends on: asked anew when that changes
 */
export function useData<T>(path: string | undefined, of?: string | number): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'again'>>({
    data: undefined,
    problem: undefined,
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (path === undefined) return;
    const stopping = new AbortController();
    setState(({ data }) => ({ data, problem: undefined, loading: true }));
    get<T>(path, stopping.signal).then(
      (data) => setState({ data, problem: undefined, loading: false }),
      (error) => {
        if (!stopping.signal.aborted) setState({ data: undefined, problem: wordsOf(error), loading: false });
      },
    );
    return () => stopping.abort();
  }, [path, of, turn]);
  return { ...state, again };
}
