import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

export const LIVE_STATES: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost; trying again …',
};

/** Milliseconds until the next try. */
const RETRY = 5000;

/**
 * Events of the gateway as they come, for as long as the page is there. A connection that was lost is made again.
 * @param path undefined: none are asked for
 */
export function useEvents<T>(path: string | undefined, onEvent: (event: T) => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const heard = useRef(onEvent);
  heard.current = onEvent;
  useEffect(() => {
    if (path === undefined) return;
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(path);
      source.onopen = () => setState('live');
      source.onmessage = ({ data }) => heard.current(JSON.parse(data) as T);
      source.onerror = () => {
        setState('lost');
        // A browser gives up where it was refused: perhaps the session is over, which this asks.
        if (source.readyState !== EventSource.CLOSED) return;
        again = setTimeout(connect, RETRY);
        get('/auth/v1/session').catch(() => {});
      };
    };
    connect();
    return () => {
      source.close();
      clearTimeout(again);
    };
  }, [path]);
  return state;
}
