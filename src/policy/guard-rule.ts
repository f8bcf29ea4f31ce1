import type { Json } from '../base/json.ts';
import type { Path } from '../base/schema.ts';
import { parseDuration } from '../base/units.ts';
import type { GuardRule } from './policy.ts';
import { COMMON_KEYS, type GuardEntry } from './schema.ts';

/** What the policy says of one guard; what is wrong is reported. */
export function readGuard(
  report: (path: Path, message: string) => void,
  entry: GuardEntry,
  index: number,
): GuardRule {
  const at: Path = ['guards', index];
  const on = entry.on ?? ['prompt', 'reply'];
  const action = entry.action ?? 'block';
  const budget = parseDuration(entry.budget ?? '500ms');
  const stream = entry.stream ?? 'exact';
  if (budget === undefined || budget < 1)
    report([...at, 'budget'], 'must be a duration above 0, such as 500ms');
  if (entry.window !== undefined && stream !== 'window') {
    report([...at, 'window'], 'has a meaning with stream: window only');
  }
  return {
    use: entry.use,
    name: entry.name ?? entry.use,
    on: { prompt: on.includes('prompt'), reply: on.includes('reply') },
    provenance: entry.provenance && new Set(entry.provenance),
    action:
      typeof action === 'string'
        ? // In a reply there is nobody to whom a value could be given back.
          { prompt: action, reply: action === 'pseudonymise' ? 'mask' : action }
        : { prompt: action.prompt ?? 'block', reply: action.reply ?? 'block' },
    label: entry.label ?? {},
    onError: entry.on_error ?? 'block',
    budget: budget ?? 0,
    stream,
    window: entry.window ?? 512,
    settings: Object.fromEntries(
      Object.entries(entry as Record<string, Json>).filter(([key]) => !COMMON_KEYS.has(key)),
    ),
  };
}
