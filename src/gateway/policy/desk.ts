import type { PlacedFlaw } from '../../base/flawed.ts';
import type { Disk } from '../../ledger/disk.ts';
import type { Policy } from '../../policy/policy.ts';
import type { GuardSchemas } from '../../policy/schema.ts';

/** A draft that was read and tried. */
export type Checked =
  | { readonly policy: Policy; readonly flaws: readonly [] }
  | { readonly policy: undefined; readonly flaws: readonly PlacedFlaw[] };

/** Policies that are in no file yet, or not in force any more. */
export interface DraftDesk<Built> {
  /** Where an applied one is written. */
  readonly disk: Disk;
  /** Settings of each kind of guard. */
  readonly kinds: GuardSchemas;
  /**
   * Throws `Problem('usage')`.
   * @param files those that it names, where they are kept with it; else they are read from beside the file in force
   */
  read(text: string, files?: ReadonlyMap<string, string>): Policy;
  /** The text of a file that policies may name; undefined where there is none, or none that they may. */
  file(name: string): string | undefined;
  /** Reads it and builds it as a reload would, and says what is wrong. Nothing of it stays. */
  check(text: string, files?: ReadonlyMap<string, string>): Checked;
  /** A house of this policy and the settings in force, with the measures of incidents; whoever asks closes it. Throws a Problem. */
  build(policy: Policy): Built;
}
