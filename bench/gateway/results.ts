import type { Machine } from '../harness/machine.ts';
import type { LoopResult } from './closed-loop.ts';
import type { Hold } from './hold.ts';
import type { MatrixRow } from './matrix.ts';
import type { OpenMemory, Soak } from './memory.ts';
import type { Profile } from './profile.ts';
import type { TargetName } from './targets.ts';

/** One promise of the gateway, as measured. */
export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** Everything that a run found: the document that `--json` prints. */
export interface Results {
  readonly bench: 'gateway';
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** `target on core 0, …`, or why not. */
  readonly pinning: string;
  readonly skipped: Readonly<Partial<Record<TargetName, string>>>;
  readonly matrix?: readonly MatrixRow[];
  readonly hold?: readonly Hold[];
  readonly openStreams?: readonly (OpenMemory | { target: TargetName; error: string })[];
  readonly soak?: readonly Soak[];
  readonly profile?: Profile & { readonly load: LoopResult };
  readonly goals: readonly Goal[];
  /** Wrong or missing replies of targets that must not have any. */
  readonly failures: readonly string[];
}
