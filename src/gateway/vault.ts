import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import type { Caller } from '../exchange/caller.ts';
import type { LedgerDesk } from '../ledger/desk.ts';
import { ledgerPaths } from '../ledger/init.ts';
import { entriesHolding } from '../ledger/search.ts';
import type { Policy } from '../policy/policy.ts';
import { holdsForReview } from '../policy/review.ts';
import type { Erasable } from '../vault/key-store.ts';
import { type Masters, openMasters } from '../vault/masters.ts';
import { type Erasure, Vault } from '../vault/vault.ts';
import type { Configuration } from './configuration.ts';
import { RequestContent } from './content.ts';
import type { Gate } from './house.ts';
import { type Log, nameOf } from './log.ts';
import type { Passage } from './passage.ts';

interface VaultParts extends Configuration {
  readonly ledger: LedgerDesk;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often what is older than the policy keeps is removed, in milliseconds. */
const SWEEP = 3_600_000;

/** Kind of the entry of an erasure. */
const ERASED = 'content.erased';

/**
 * The vault of the settings; undefined where they have none. Throws Problem where it cannot be opened.
 * @param reapply erasures that the ledger tells of are done again, in case the keys come from a backup
 */
export async function openVault(parts: VaultParts, reapply: boolean): Promise<Vault | undefined> {
  const { settings, clock, log, ledger } = parts;
  checkVault(parts);
  if (settings.vault === undefined) return undefined;
  const masters = await openMasters(settings.vault);
  const onUnreachable = (master: string) =>
    log('warn', 'a master key cannot be asked: content that needs it cannot be sealed', { error: master });
  const vault = await Vault.open({ data: settings.data, masters, clock, onUnreachable });
  try {
    if (reapply) await vault.reapply(ledger.size, erasuresIn(settings.data, settings.ledger.archive?.to));
    return vault;
  } catch (error) {
    await vault.close();
    throw error;
  }
}

/** The master keys of new settings, tried. Throws Problem. */
export async function stageVault(
  vault: Vault | undefined,
  next: Configuration,
): Promise<Masters | undefined> {
  if ((vault === undefined) !== (next.settings.vault === undefined)) {
    throw new Problem('usage', 'a vault can only be added or removed with a restart');
  }
  if (next.settings.vault === undefined) return undefined;
  const masters = await openMasters(next.settings.vault);
  try {
    await vault?.check(masters);
    return masters;
  } catch (error) {
    masters.close();
    throw error;
  }
}

/** Settings and a policy that want the same of the vault. Throws `Problem('usage')`. */
export function checkVault({ settings, policy }: Configuration): void {
  if (settings.vault !== undefined) return;
  if (policy.pseudonyms.scope === 'tenant') {
    throw new Problem(
      'usage',
      'the policy wants pseudonyms remembered (pseudonyms.scope: tenant), and the settings have no vault',
      'Add vault.masters to gatehouse.yaml; docs/vault.md shows how.',
    );
  }
  if (holdsAny(policy)) {
    throw new Problem(
      'usage',
      'a guard of the policy (action: review) or an incident holds texts for people, and the settings have no vault to seal them in',
      'Add vault.masters to gatehouse.yaml; docs/vault.md shows how.',
    );
  }
  if (policy.content === undefined) return;
  throw new Problem(
    'usage',
    'the policy wants content sealed (content.seal), and the settings have no vault',
    'Add vault.masters to gatehouse.yaml; docs/vault.md shows how.',
  );
}

const holdsAny = ({ guards, emergency }: Policy): boolean =>
  guards.some(holdsForReview) || emergency.some(({ kind }) => kind === 'hold');

/** Removes what is too old, now and every hour. */
export function keepContent(gate: Gate): NodeJS.Timeout {
  const sweep = () => {
    sweepContent(gate).catch((error) =>
      gate.log('error', 'old content could not be removed', { error: nameOf(error) }),
    );
  };
  sweep();
  return setInterval(sweep, SWEEP).unref();
}

async function sweepContent({ vault, house, ledger }: Gate): Promise<void> {
  const { content, pseudonyms, review } = house.policy;
  if (vault === undefined || content === undefined) return;
  const keepKeys = Math.max(
    pseudonyms.scope === 'tenant' ? pseudonyms.keep : 0,
    holdsAny(house.policy) ? review.keep : 0,
  );
  const { segments, keys } = await vault.retain(content.keep, keepKeys);
  if (segments + keys > 0) await ledger.append({ kind: 'content.expired', segments, keys });
}

/** What is kept of a request; undefined where nothing is. */
export function openContent(
  { gate, house, ask, record }: Passage,
  caller: Caller,
): RequestContent | undefined {
  const rule = house.policy.content;
  if (rule === undefined || gate.vault === undefined) return undefined;
  // Its keyed digest, as the ledger has it: the person's name is kept nowhere.
  const subject = record.fact('subject');
  return new RequestContent(gate.vault, rule, {
    request: ask.id,
    tenant: caller.team,
    subject: typeof subject === 'string' ? subject : null,
  });
}

/** The entry of an erasure, written before the keys are destroyed. */
export const erasureEntry = (request: string, { target, until }: Erasure, keys: number) => ({
  kind: ERASED,
  id: request,
  ...('subject' in target ? { subject: target.subject } : { team: target.tenant, month: target.month }),
  until,
  keys,
});

/** The erasures that the ledger of a data folder, and its archive, tell of, from an entry on. */
export const erasuresIn = (data: string, archive: string | undefined) =>
  async function* (from: number): AsyncGenerator<Erasure> {
    const { folder } = ledgerPaths(data);
    for await (const { kind, fields } of entriesHolding(folder, `"kind":"${ERASED}"`, {
      from,
      archive,
    })) {
      if (kind !== ERASED) continue;
      const { subject, team, month, until } = fields;
      const target: Erasable | undefined =
        typeof subject === 'string'
          ? { subject }
          : typeof team === 'string' && typeof month === 'string'
            ? { tenant: team, month }
            : undefined;
      if (target !== undefined && typeof until === 'number') yield { target, until };
    }
  };
