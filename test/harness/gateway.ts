import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { processIo } from '../../src/cli/io.ts';
import { loadSettings } from '../../src/cli/load.ts';
import { loadPolicy, readPolicy } from '../../src/cli/load-policy.ts';
import { shelfOf } from '../../src/cli/models-place.ts';
import { type LedgerTuning, openData } from '../../src/cli/start.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import { type Gateway, type GatewayOptions, openGateway } from '../../src/gateway/gateway.ts';
import { makeLog } from '../../src/gateway/log.ts';
import type { GuardKind } from '../../src/guards/guard.ts';
import { GUARD_KINDS } from '../../src/guards/index.ts';
import { cedar } from '../../src/lifecycle/cedar.ts';
import { openMeans } from '../../src/runtime/means.ts';
import { checkAnswers } from './answers.ts';

/** A real gateway in this process: real files, real sockets, real guards; only its upstream is the test's. */
export interface TestGateway {
  readonly url: string;
  readonly gateway: Gateway;
  readonly folder: string;
  /** Key of the program `app`, and of `admin`. */
  readonly key: string;
  readonly adminKey: string;
  /** Lines of the log. */
  readonly log: string[];
  /** Entries of the ledger, oldest first; without those that detections add of their own accord, a moment later. */
  entries(): Record<string, unknown>[];
  allEntries(): Record<string, unknown>[];
  /** POST with the app's key. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface TestOptions {
  /** YAML of `guards:` and whatever else of the policy is to differ (roles are always there). */
  readonly policy?: string;
  /** Address of the upstream; it serves `m` and `gpt-*` (OpenAI) and `claude*` (Anthropic). */
  readonly upstream: string;
  /** Lines below `upstreams:` in gatehouse.yaml, instead of those two. */
  readonly upstreams?: string;
  /** More of `listen` (`origins: […]`). */
  readonly listen?: string;
  /** More lines for gatehouse.yaml (`limits: …`). */
  readonly settings?: string;
  /** Further files beside gatehouse.yaml, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Guards for this test beside the real kinds. */
  readonly kinds?: readonly GuardKind<unknown>[];
  /** How the ledger is opened: a disk that fails, shorter waits. */
  readonly ledger?: LedgerTuning;
  /** Puts something of the test's in the place of a real part. */
  readonly replace?: (options: GatewayOptions) => GatewayOptions;
}

const ROLES = `version: 1
roles:
  app:
    allow: [{ actions: [chat, embed, moderate, inspect, count_tokens, predict, models.list], models: ["*"] }]
  admin:
    allow: [{ actions: ["callers.*", policy.read, "config.*", audit.read, metrics.read, "incidents.*"] }]
`;

export const GUARDS = `guards:
  - use: bounds
  - use: secrets
    action: { prompt: block, reply: mask }
  - use: patterns
    name: words
    action: { prompt: block, reply: block }
    patterns: [{ id: forbidden, match: "forbidden fruit", ignore_case: true }]
`;

const upstreamsAt = (
  url: string,
) => `  open: { dialect: openai, url: "${url}/v1", key: upstream-key-openai, models: [m, "gpt-*", { name: renamed, as: inner }] }
  anth: { dialect: anthropic, url: "${url}", key: upstream-key-anthropic, models: ["claude*"] }`;

/** Tests send more rubbish in a second than a caller may in a minute. */
const CALM = 'abuse: { repeats: off, invalid_requests: off }';

export async function startGateway(options: TestOptions): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const file = join(folder, 'gatehouse.yaml');
  writeFileSync(
    file,
    `listen: { port: 0${options.listen === undefined ? '' : `, ${options.listen}`} }
upstreams:
${options.upstreams ?? upstreamsAt(options.upstream)}
${options.settings ?? ''}
${options.settings?.includes('abuse:') === true ? '' : CALM}
`,
  );
  writeFileSync(join(folder, 'policy.yaml'), ROLES + (options.policy ?? GUARDS));
  for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), text);
  const io = { ...processIo(), cwd: folder };
  const log: string[] = [];
  const kinds = [...GUARD_KINDS, ...(options.kinds ?? [])];
  const load = async () => {
    const settings = await loadSettings(io, file);
    const policy =
      options.kinds === undefined
        ? await loadPolicy(io, settings.policy)
        : await loadWith(kinds, settings.policy);
    return { settings, policy };
  };
  const { settings, policy } = await load();
  const data = await openData(settings, options.ledger);
  const whole: GatewayOptions = {
    settings,
    policy,
    load,
    readPolicy,
    parts: { dialects: DIALECTS, kinds, means: openMeans(), practice: undefined },
    ledger: data.ledger,
    store: data.store,
    clock: systemClock,
    log: makeLog({
      level: 'debug',
      format: 'json',
      clock: systemClock,
      write: (line) => void log.push(line),
    }),
    digestKey: data.folder.digestKey,
    socket: data.socket,
    shelf: shelfOf(io, settings, data.store.models, '1'),
  };
  // A ledger that nobody closes would be an error whenever its memory is taken back.
  const gateway = await openGateway(options.replace?.(whole) ?? whole).catch(async (error) => {
    await data.close();
    throw error;
  });
  const keys = data.first;
  if (keys === undefined) throw new Error('the first keys are missing');
  const allEntries = () => readEntries(join(folder, 'gatehouse-data', 'ledger'));
  return {
    url: gateway.address,
    gateway,
    folder,
    key: keys.app,
    adminKey: keys.admin,
    log,
    entries: () => allEntries().filter(({ kind }) => !/^(?:detect|incident)\./.test(String(kind))),
    allEntries,
    post: (path, body, headers = {}) =>
      fetch(gateway.address + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.app}`, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
      checkAnswers();
    },
  };
}

async function loadWith(kinds: readonly GuardKind<unknown>[], file: string) {
  const { parsePolicy } = await import('../../src/policy/parse.ts');
  return parsePolicy(readFileSync(file, 'utf8'), {
    kinds: new Map(kinds.map(({ kind, settings }) => [kind, settings])),
    file,
    readFile: (path) => readFileSync(resolve(dirname(file), path), 'utf8'),
    cedar,
  });
}

/** Every whole line of a ledger's segments. */
export function readEntries(ledger: string): Record<string, unknown>[] {
  return readdirSync(ledger)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(ledger, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Content of a streamed chat completion, choice by choice, and how it ended. */
export function readChatStream(text: string): {
  content: string[];
  finish: (string | null)[];
  done: boolean;
  error?: unknown;
} {
  const content: string[] = [];
  const finish: (string | null)[] = [];
  let error: unknown;
  for (const data of text.split('\n\n').map((frame) => frame.replace(/^data: /, ''))) {
    if (data === '' || data === '[DONE]') continue;
    const chunk = JSON.parse(data) as {
      error?: unknown;
      choices?: { index: number; delta: { content?: string }; finish_reason: string | null }[];
    };
    if (chunk.error !== undefined) error = chunk.error;
    for (const { index, delta, finish_reason } of chunk.choices ?? []) {
      content[index] = (content[index] ?? '') + (delta.content ?? '');
      if (finish_reason !== null) finish[index] = finish_reason;
    }
  }
  return { content, finish, done: text.endsWith('data: [DONE]\n\n'), ...(error !== undefined && { error }) };
}
