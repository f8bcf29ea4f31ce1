import { setTimeout as wait } from 'node:timers/promises';
import type { TestGateway } from '../harness/gateway.ts';

/** Entries are signed within a second: waits until all that are there now are. */
export async function signed({ gateway }: TestGateway): Promise<void> {
  const { ledger } = gateway.gate;
  const size = ledger.size;
  while (ledger.signedSize < size) await wait(20);
}
