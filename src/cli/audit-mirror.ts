import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { request } from 'undici';
import { Problem } from '../base/problem.ts';
import { parseDuration } from '../base/units.ts';
import { readPublicKeys } from '../ledger/verify-files.ts';
import { isLoopback } from '../settings/loopback.ts';
import { type LedgerFeed, Mirror } from '../witness/mirror.ts';
import { type QuorumOptions, readQuorum, requireQuorum, withQuorum } from './audit-quorum.ts';
import type { CliIo } from './io.ts';

interface MirrorOptions extends QuorumOptions {
  readonly key: string;
  readonly to: string;
  readonly follow?: string | boolean;
  readonly insecureHttp?: boolean;
  readonly json?: boolean;
}

/** Longest answer taken, in bytes: a page of entries and its longest line. */
const LONGEST = 4 * 1024 * 1024;

export function addMirror(audit: Command, io: CliIo): void {
  withQuorum(audit.command('mirror'))
    .description('copy the ledger of a gateway elsewhere, and verify every entry on the way')
    .argument('<URL>', 'the gateway, https://gate.example.com')
    .requiredOption('-k, --key <FILE>', 'public keys of the ledger, kept apart from it (its ledger.pub)')
    .option('--to <DIR>', 'folder of the copy', './gatehouse-mirror')
    .option('-f, --follow [TIME]', 'go on until Ctrl-C, looking every so often (default: 10s)')
    .option('--insecure-http', 'send the API key to another machine unencrypted')
    .option('--json', 'a line of JSON for each look')
    .addHelpText(
      'after',
      `
The API key comes from GATEHOUSE_KEY; its role must allow audit.read. With --witness, only checkpoints that a quorum
has cosigned are believed. Exit codes: 0 copied, 1 the ledger contradicts itself (a rollback, a fork, a changed
entry), 3 wrong usage, 4 it cannot be reached.

Examples:
  GATEHOUSE_KEY=gha_… gatehouse audit mirror https://gate.example.com --key ledger.pub
  gatehouse audit mirror https://gate.example.com -k ledger.pub --follow -w w1.pub -w w2.pub -w w3.pub -q 2
  gatehouse audit verify --ledger gatehouse-mirror`,
    )
    .action((url: string, options: MirrorOptions) => mirror(io, url, options));
}

async function mirror(io: CliIo, url: string, options: MirrorOptions): Promise<void> {
  const quorum = await readQuorum(io, options);
  const keys = await readPublicKeys(resolve(io.cwd, options.key));
  const every = parseDuration(typeof options.follow === 'string' ? options.follow : '10s');
  if (every === undefined || every < 1) throw new Problem('usage', '--follow takes a duration such as 10s');
  const copy = await Mirror.open({
    folder: resolve(io.cwd, options.to),
    keys,
    feed: feedOf(addressOf(url, options), io.env.GATEHOUSE_KEY, quorum !== undefined),
    ...(quorum && { check: async (note) => void (await requireQuorum(note, quorum)) }),
  });
  const stop = new AbortController();
  const off = io.onStop(() => stop.abort());
  try {
    for (;;) {
      const { entries, added, time } = await copy.follow();
      const when = new Date(time * 1000).toISOString();
      if (options.json === true) io.out(JSON.stringify({ entries, added, signed: when }));
      else if (added > 0 || options.follow === undefined)
        io.out(
          `${added.toLocaleString('en')} new entries; ${entries.toLocaleString('en')} in all are as they were signed at ${when}`,
        );
      if (options.follow === undefined) return;
      await pause(every, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return;
    }
  } finally {
    off();
  }
}

/** Where the key may be sent: on a network whoever listens would have it. */
function addressOf(url: string, { insecureHttp = false }: MirrorOptions): URL {
  const base = URL.parse(url);
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new Problem('usage', 'the address of the gateway must start with https:// or http://');
  if (base.protocol === 'http:' && !insecureHttp && !isLoopback(base.hostname))
    throw new Problem(
      'usage',
      'the API key would be sent unencrypted to another machine',
      'Use https://, or --insecure-http where the network is one that you trust.',
    );
  return base;
}

/** The admin API of a gateway, as a feed. */
function feedOf(base: URL, key: string | undefined, cosigned: boolean): LedgerFeed {
  if (key === undefined || key === '')
    throw new Problem(
      'usage',
      'there is no API key',
      'Put one whose role allows audit.read into GATEHOUSE_KEY.',
    );
  const get = async (path: string): Promise<string> => {
    const where = `${base.origin}/admin/v1/ledger/${path}`;
    const { statusCode, body } = await request(where, { headers: { authorization: `Bearer ${key}` } }).catch(
      (error: unknown) => {
        throw new Problem('environment', `cannot reach ${base.origin}`, 'Check the address.', error);
      },
    );
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > LONGEST)
        throw new Problem('environment', 'the gateway sends more than was asked for');
    }
    if (statusCode === 200) return text;
    if (statusCode === 401 || statusCode === 403)
      throw new Problem('environment', 'the gateway refuses the key', 'Its role must allow audit.read.');
    if (statusCode === 404 && path === 'cosigned')
      throw new Problem('findings', 'no quorum of witnesses has cosigned this ledger yet', 'Ask them why.');
    if (statusCode === 404 && path.startsWith('entries/'))
      throw new Problem(
        'environment',
        'the gateway has archived entries that this mirror does not have yet',
        'Ask for the archive. A mirror that looks more often than ledger.archive.keep has them all.',
      );
    throw new Problem('environment', `the gateway answered ${statusCode} for ledger/${path}`);
  };
  return {
    checkpoint: () => get(cosigned ? 'cosigned' : 'checkpoint'),
    entries: (from) => get(`entries/${from}`),
  };
}
