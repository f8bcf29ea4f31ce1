import type { Settings } from './settings.ts';

/** Where the settings say to listen, for people. */
export const addressOf = (settings: Settings, port: number): string => {
  const { address, tls } = settings.listen;
  const host = address.includes(':') ? `[${address}]` : address === '0.0.0.0' ? '127.0.0.1' : address;
  return `${tls === undefined ? 'http' : 'https'}://${host}:${port}`;
};
