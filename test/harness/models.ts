import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { processIo } from '../../src/cli/io.ts';
import { run as runLine } from '../../src/cli/run.ts';
import { newKey, publicPem } from '../../src/signing/testing.ts';
import { tempFolder } from './cli.ts';

export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly root: string;
  readonly signer: string | null;
}

export const NOTES = 'A model that nobody trained, but which says SEALED-SENTINEL.\n';

/** The command line in this process: to start one for each line would take most of the time. */
export async function inProcess(cwd: string, args: readonly string[], version: string) {
  let [out, err] = ['', ''];
  const io = {
    ...processIo(),
    cwd,
    env: {},
    colour: false,
    out: (text: string) => {
      out += `${text}\n`;
    },
    err: (text: string) => {
      err += `${text}\n`;
    },
    json: (value: unknown) => {
      out += `${JSON.stringify(value)}\n`;
    },
  };
  const code = await runLine(args, io, version);
  process.exitCode = undefined;
  return { code, out, err };
}

/** A model, a gateway with a vault, keys of three people, and a key that signs. */
export async function modelScene(t: TestContext, models = '{ trust: ./trust.yaml, approvals: 2 }') {
  const folder = tempFolder(t);
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'model'));
  write('model/notes.txt', NOTES);
  write('model/config.json', '{ "model_type": "none" }\n');
  write('master.key', `${'aa'.repeat(32)}\n`);
  write(
    'gatehouse.yaml',
    'upstreams:\n  open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: [m] }\n' +
      `vault: { masters: { first: { key: { file: ./master.key } } } }\nmodels: ${models}\n`,
  );
  write(
    'policy.yaml',
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n' +
      '  vetter: { allow: [{ actions: ["registry.*"] }] }\n  reader: { allow: [{ actions: [registry.read] }] }\n',
  );
  const signing = newKey();
  write('signing.pem', signing.export({ type: 'pkcs8', format: 'pem' }));
  write('signing.pub', publicPem(signing));
  write('trust.yaml', 'version: 1\nsigners: [{ name: release, keys: [signing.pub] }]\n');
  const run = (line: string, { version = '0.1.0', cwd = folder } = {}) =>
    inProcess(cwd, line.split(' '), version);
  const good = async (line: string, how?: Parameters<typeof run>[1]) => {
    const ran = await run(line, how);
    assert.equal(ran.code, 0, `${line}: ${ran.err}`);
    return ran.out;
  };
  const keys: Record<string, string> = {};
  const person = async (name: string, more = '--role vetter') => {
    const { key } = JSON.parse(await good(`callers create ${name} ${more} --json`)) as { key: string };
    write(`${name}.key`, `${key}\n`);
    keys[name] = key;
  };
  return { folder, write, run, good, person, keys };
}
