import { entriesHolding } from '../../ledger/search.ts';
import type { ModelRegistry, RecordedStep } from '../../store/models.ts';

/**
 * Steps of models that the ledger has and the registry does not: the process died between the two, or the database comes from
 * a backup. A model that was revoked does not come back that way. Throws Problem where the ledger cannot be read.
 * @param ledger its folder, how many entries it has, and where its old ones are
 */
export async function resumeModels(
  registry: ModelRegistry,
  ledger: { readonly folder: string; readonly size: number; readonly archive: string | undefined },
): Promise<void> {
  const { applied } = registry;
  // A ledger that is shorter than what was read of it is another one; of a new registry, as far back as it goes.
  const from = applied === 0 || applied > ledger.size ? undefined : applied;
  const steps: RecordedStep[] = [];
  const { folder, archive } = ledger;
  for await (const { kind, fields } of entriesHolding(folder, '"kind":"system.model"', { from, archive })) {
    if (kind !== 'system.model') continue;
    const { model, name, version, root, act } = fields;
    steps.push({
      id: String(model),
      name: String(name),
      version: typeof version === 'number' ? version : undefined,
      root: typeof root === 'string' ? root : null,
      act: String(act),
    });
  }
  registry.reapply(steps, ledger.size);
}
