import type { ScanPolicy } from './policy.ts';

/** Where nobody wrote a policy. Apart from what reads one, which takes longer to load than all else of a small scan. */
export const NO_POLICY: ScanPolicy = { failOn: 'medium', calls: [], findings: [], unread: [], over: [] };
