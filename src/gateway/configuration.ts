import type { Policy } from '../policy/policy.ts';
import type { Settings } from '../settings/settings.ts';

/** What a house is built of. */
export interface Configuration {
  readonly settings: Settings;
  readonly policy: Policy;
}
