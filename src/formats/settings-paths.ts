import { shown } from '../findings/finding.ts';
import type { Part } from './format.ts';
import { SETTINGS_RULES } from './settings-rules.ts';
import { fileName, tell, type Value } from './settings-value.ts';

const CLIMBS = /(?:^|[\\/])\.\.(?:[\\/]|$)/;
const OUTSIDE = /^(?:[\\/~]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]{1,20}:\/\/)|\0/i;
/** A slash, a backslash or a dot, as an address writes it: shards have no reason to. */
const ESCAPED = /%(?:2e|2f|5c)/i;
/** Nobody trained a tokenizer there. */
const PRIVATE =
  /(?:^|[\\/])(?:etc[\\/](?:passwd|shadow|sudoers|ssh|cron|hosts)|proc[\\/](?:self|\d))|[\\/]\.(?:ssh|aws|kube|docker|netrc|gnupg)\b/;
const HUBS =
  /^https?:\/\/(?:[\w-]+\.)*(?:huggingface\.co|hf\.co|amazonaws\.com|github\.com|githubusercontent\.com)\//i;

/** A file that settings name, and a loader opens. */
export function file(part: Part, at: Value): void {
  const { value, path } = at;
  if (typeof value !== 'string') return;
  const isShard =
    path.includes('weight_map') || path.includes('weightsManifest') || path[0] === 'itemInfoEntries';
  if (!CLIMBS.test(value) && !OUTSIDE.test(value) && !(isShard && ESCAPED.test(value))) return;
  tell(
    part,
    at,
    SETTINGS_RULES.outside.id,
    `${shown(String(path.at(-1) ?? ''), 80)} names ${shown(value, 80)}, which is outside of the repository`,
    isShard ? 'high' : severityOf(value),
  );
}

/** Tokenizers keep the path of whoever trained them; what leads to where keys are, or to another machine, is no such path. */
function severityOf(value: string): 'low' | 'medium' {
  const isElsewhere =
    /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(value) && !/^(?:hf|s3|gs|dbfs):/i.test(value) && !HUBS.test(value);
  const climbs = (value.match(/(?:^|[\\/])\.\.(?=[\\/]|$)/g)?.length ?? 0) > 1;
  return climbs || isElsewhere || PRIVATE.test(value) || SHARE.test(value) ? 'medium' : 'low';
}

/** Opening it sends who is logged in to whoever has the share (NTLM). */
const SHARE = /^(?:\\\\|\/\/)[\w.-]{1,253}[\\/@]/;
const PLACE = /(?:path|file|dir|folder|ur[il]|base_model|source|location|icon|dest)\w{0,20}$/i;

/** A place on another machine, under any name that speaks of places. */
export function named(part: Part, at: Value, value: string): void {
  const key = String(at.path.at(-1));
  if (!PLACE.test(key)) return;
  const isBase = /base_model|name_or_path/.test(key);
  if (SHARE.test(value) || (isBase && /^https?:\/\//i.test(value) && !HUBS.test(value)))
    tell(
      part,
      at,
      SETTINGS_RULES.outside.id,
      `${shown(key, 60)} is on another machine: ${shown(value, 80)}`,
      'medium',
    );
  else if (
    key === 'path' &&
    /(?:^|\/)modules\.json$/.test(fileName(part)) &&
    (CLIMBS.test(value) || OUTSIDE.test(value))
  )
    tell(part, at, SETTINGS_RULES.outside.id, `a module lies outside of the repository: ${shown(value, 80)}`);
  else if (PRIVATE.test(value) || (isBase && (value.match(/\.\.[\\/]/g)?.length ?? 0) > 2))
    tell(
      part,
      at,
      SETTINGS_RULES.outside.id,
      `${shown(key, 60)} leads out of the repository: ${shown(value, 80)}`,
      'medium',
    );
}
