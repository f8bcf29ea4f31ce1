import { isIPv4 } from 'node:net';

/** Whether an address (an IP address, perhaps in brackets, or `localhost`) can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}
