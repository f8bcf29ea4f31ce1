import { Problem } from '../base/problem.ts';
import type { Settings } from '../settings/settings.ts';

/** One reload at a time, each with what is in the files when its turn comes. */
export function serially<Given extends unknown[]>(
  act: (...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const mine = last.catch(() => {}).then(() => act(...given));
    last = mine;
    return mine;
  };
}

/** What cannot change while the gateway runs is an error, not silently the old value. */
export function checkReload(before: Settings, next: Settings): void {
  // The listener and its parser are made once (`makeServer`).
  const fixed = ({ listen: { address, port, tls }, workers, data, ledger, telemetry, limits }: Settings) => {
    const { connections, headers, header_time, body_time } = limits;
    return JSON.stringify({
      address,
      port,
      secure: tls?.client_certificates,
      workers,
      data,
      ledger,
      telemetry,
      connections,
      headers,
      header_time,
      body_time,
    });
  };
  if (fixed(before) !== fixed(next)) {
    throw new Problem(
      'usage',
      'listen, workers, data, ledger, telemetry, and the limits connections, headers, header_time and body_time can only change with a restart',
      'Undo that change, or restart.',
    );
  }
}
