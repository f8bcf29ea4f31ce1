import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import type { JudgedFile, ScanResult, Verdict } from '../../findings/result.ts';
import { publicKeyOf } from '../../signing/keys.ts';
import { newKey, sha256 } from '../../signing/testing.ts';
import { type Trust, trustKeys } from '../../signing/trust-policy.ts';
import type { SignModelOptions } from './sign-model.ts';

/** A folder that goes with the test. */
export function tempFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sign-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A model of these files. */
export function modelOf(
  t: Pick<TestContext, 'after'>,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const model = join(tempFolder(t), 'model');
  mkdirSync(model);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(model, name)), { recursive: true });
    writeFileSync(join(model, name), content);
  }
  return model;
}

export const key = newKey();

export const options = (model: string, more: Partial<SignModelOptions> = {}): SignModelOptions => ({
  model,
  signing: { key, postQuantum: undefined, certificates: undefined },
  scan: { skipped: 'a test' },
  ignore: [],
  allowSymlinks: false,
  jobs: 2,
  clock: systemClock,
  ...more,
});

export const trusting = (more: Partial<Trust['require'] & Trust['allow']> = {}): Trust => ({
  signers: [trustKeys('me', [publicKeyOf(key)])],
  require: { postQuantum: more.postQuantum ?? false, scan: more.scan ?? false },
  allow: { unsignedFiles: more.unsignedFiles ?? false, symlinks: more.symlinks ?? false },
});

/** What a scan of these files would come to. */
export function scanOf(files: Readonly<Record<string, string>>, verdict: Verdict = 'clean'): ScanResult {
  const judged = Object.entries(files).map(
    ([path, content]): JudgedFile => ({
      path,
      size: content.length,
      sha256: sha256(Buffer.from(content)).toString('hex'),
      verdict,
      findings: [],
      parts: [
        {
          path: [path],
          formats: ['x'],
          size: content.length,
          ranges: [{ as: 'parsed', start: 0, end: content.length }],
        },
      ],
      more: 0,
    }),
  );
  return {
    kind: 'gatehouse-scan',
    version: 1,
    tool: { name: 'gatehouse', version: '0.1.0' },
    verdict,
    files: judged,
    left: [],
    notes: [],
  };
}
