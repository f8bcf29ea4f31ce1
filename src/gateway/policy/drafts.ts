import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, relative, resolve } from 'node:path';
import { Flawed } from '../../base/flawed.ts';
import { Problem } from '../../base/problem.ts';
import { type Disk, nodeDisk } from '../../ledger/disk.ts';
import type { Policy } from '../../policy/policy.ts';
import type { GuardSchemas } from '../../policy/schema.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Held } from '../../store/incidents.ts';
import type { Configuration } from '../configuration.ts';
import { closeUpstreams, type House } from '../house.ts';
import { withMeasures } from '../incidents/overlay.ts';
import { checkVault } from '../vault.ts';
import type { Checked, DraftDesk } from './desk.ts';

/** @param readFile reads a file that the policy names. Throws `Problem('usage')` */
export type PolicyReader = (text: string, file: string, readFile: (path: string) => string) => Policy;

interface DraftParts {
  readonly read: PolicyReader | undefined;
  readonly disk: Disk | undefined;
  /** Settings of each kind of guard. */
  readonly kinds: GuardSchemas;
  readonly build: (settings: Settings, policy: Policy) => House;
  /** The configuration in force. */
  readonly plain: () => Configuration;
  readonly measures: () => readonly Held[];
  readonly now: () => number;
}

/** Policies by the files and settings in force. */
export class Drafts implements DraftDesk<House> {
  readonly #parts: DraftParts;
  readonly disk: Disk;
  readonly kinds: GuardSchemas;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    this.disk = parts.disk ?? nodeDisk;
    this.kinds = parts.kinds;
  }

  read(text: string, files?: ReadonlyMap<string, string>): Policy {
    const { read, plain } = this.#parts;
    if (read === undefined) throw new Problem('usage', 'this process takes no policies');
    return read(text, basename(plain().settings.policy), (name) => {
      const found = files === undefined ? this.file(name) : files.get(name);
      if (found === undefined) throw new Error('no such file here');
      return found;
    });
  }

  file(name: string): string | undefined {
    const { settings, policy } = this.#parts.plain();
    if (!policy.source.files.has(name) && !isBeside(settings.policy, name)) return undefined;
    try {
      return readFileSync(resolve(dirname(settings.policy), name), 'utf8');
    } catch {
      return undefined;
    }
  }

  check(text: string, files?: ReadonlyMap<string, string>): Checked {
    try {
      const policy = this.read(text, files);
      closeUpstreams(this.build(policy));
      return { policy, flaws: [] };
    } catch (error) {
      if (error instanceof Flawed) return { policy: undefined, flaws: error.flaws };
      if (!(error instanceof Problem)) throw error;
      // Not of one place: a guard that cannot be built, a role that an issuer needs.
      const file = basename(this.#parts.plain().settings.policy);
      return { policy: undefined, flaws: [{ file, line: 1, column: 1, message: error.message }] };
    }
  }

  build(policy: Policy): House {
    const { build, plain, measures, now } = this.#parts;
    const next = withMeasures({ settings: plain().settings, policy }, measures(), now());
    checkVault(next);
    return build(next.settings, next.policy);
  }
}

/**
 * Whoever writes a policy does not read any file of this machine by naming it: only Cedar documents in its own folder, beside
 * what the policy in force names.
 */
function isBeside(policy: string, name: string): boolean {
  if (extname(name) !== '.cedar') return false;
  try {
    const folder = realpathSync(dirname(policy));
    const way = relative(folder, realpathSync(resolve(folder, name)));
    return extname(way) === '.cedar' && !way.startsWith('..') && !isAbsolute(way);
  } catch {
    return false;
  }
}
