import type { Watcher as Watching } from '../../src/gateway/watch/watcher.ts';

/** In the place of the one that watches: starts no thread, and is told of nothing. */
export class Watcher
  implements Pick<Watching, 'next' | 'ask' | 'onLive' | 'onAlerts' | 'useRules' | 'close'>
{
  readonly next = 0;
  ask = (): Promise<never> => Promise.reject(new Error('nothing is watched'));
  onLive = () => () => {};
  onAlerts = () => () => {};
  useRules(): void {}
  async close(): Promise<void> {}
}
