import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, ready, startNode, TARGET_CORE } from '../harness/children.ts';
import { answers, freePort } from './ports.ts';
import { MODELS } from './traffic.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

const models = JSON.stringify(Object.values(MODELS));

/** Every bound stands, and none is met: 1,000 streams at once, and some hundred thousand requests in minutes. */
const settings = (port: number, upstream: number): string => `
listen: { port: ${port} }
data: ./data
policy: ./policy.yaml
upstreams:
  bench: { dialect: openai, url: "http://127.0.0.1:${upstream}/v1", auth: none, connections: 4000, models: ${models} }
limits: { connections: 4000, requests: 4000 }
log: { level: warn }
`;

/** What a careful operator would have: all guards of this version, roles, quotas of every kind. */
const policy = `
version: 1
roles:
  app:
    allow:
      - { actions: [chat, models.list], models: ${models} }
    deny:
      - { actions: [embed], models: ["*"] }
quotas:
  - { per: caller, requests: 100M/day, tokens: 1000000M/day, concurrency: 4000 }
  - { per: team, requests: 100M/day, tokens: 1000000M/day }
  - { per: model, tokens: 1000000M/day, concurrency: 4000 }
guards:
  - { use: bounds }
  - { use: secrets, action: mask }
  - use: patterns
    patterns:
      - { id: project_name, match: "project (bluebird|nightjar)" }
      - { id: ticket, match: "TCK-[0-9]{6,10}" }
      - { id: internal_host, match: "build-[0-9]{1,5}\\\\.corp\\\\.example" }
      - { id: override, words: [ignore previous instructions, ignore all previous instructions, disregard the above] }
`;

export interface Gatehouse {
  readonly child: Child;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Gatehouse as a user starts it: a configuration, `init` for the keys, `serve`. */
export async function startGatehouse(upstream: number, nodeArgs: readonly string[]): Promise<Gatehouse> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const port = await freePort();
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, settings(port, upstream));
  writeFileSync(join(folder, 'policy.yaml'), policy);
  const { stdout } = await promisify(execFile)(process.execPath, [
    MAIN,
    'init',
    '--config',
    config,
    '--json',
  ]);
  const { keys } = JSON.parse(stdout) as { keys: { app: string } };
  const child = startNode('gatehouse', [...nodeArgs, MAIN, 'serve', '--config', config], {
    core: TARGET_CORE,
    cwd: folder,
  });
  await ready(child, () => answers(port));
  return { child, port, headers: { authorization: `Bearer ${keys.app}` } };
}
