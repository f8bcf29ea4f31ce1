import { join } from 'node:path';
import { type Child, ready, startNode, TARGET_CORE } from '../harness/children.ts';
import { installPeers, PEERS, peerFolder, peerVersion } from '../harness/peers.ts';
import type { Headers } from './jobs.ts';
import { answers, freePort } from './ports.ts';

const NAME = '@portkey-ai/gateway';

export const portkeyVersion = (): string | undefined => peerVersion(NAME);

/** Installs Portkey where it is not. Says why it cannot be had, or undefined. */
export const installPortkey = (say: (line: string) => void): Promise<string | undefined> =>
  installPeers([NAME], say);

/** Portkey without guards, as its own manual starts it. */
export async function startPortkey(
  upstream: number,
): Promise<{ child: Child; port: number; callers: readonly Headers[] }> {
  const port = await freePort();
  const server = join(peerFolder(NAME), 'build', 'start-server.js');
  const child = startNode('portkey', [server, '--headless', `--port=${port}`], {
    core: TARGET_CORE,
    cwd: PEERS,
  });
  await ready(child, () => answers(port));
  return {
    child,
    port,
    callers: [
      {
        authorization: 'Bearer bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
      },
    ],
  };
}
