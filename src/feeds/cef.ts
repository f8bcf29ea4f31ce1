import { clean, factsOf } from './clean.ts';
import { type Format, written } from './format.ts';
import type { Notice } from './notice.ts';

const SEVERITIES = { informational: 1, low: 3, medium: 5, high: 8, critical: 10 } as const;

/** Facts that the format has a name for; the others have one of our own. */
const NAMES: Readonly<Record<string, string>> = {
  address: 'src',
  caller: 'suid',
  caller_name: 'suser',
  outcome: 'outcome',
  code: 'reason',
  operation: 'act',
  request: 'requestContext',
  count: 'cnt',
};

/**
 * ArcSight's Common Event Format, version 0: seven fields between bars, then `name=value`. In the fields a bar and a backslash
 * are escaped, in values an equals sign and a backslash ("Implementing ArcSight Common Event Format", character encoding).
 */
export const cef: Format = {
  name: 'cef',
  contentType: 'text/plain; charset=utf-8',
  most: 1000,
  lines: true,
  write: (notices, { version, host }) => written(notices.map((notice) => lineOf(notice, version, host))),
};

function lineOf(
  { seq, leaf, time, kind, level, title, facts }: Notice,
  version: string,
  host: string,
): string {
  const fields = ['Gatehouse', 'Gatehouse', version, kind, title, String(SEVERITIES[level])];
  const values: [string, string][] = [
    ['rt', String(Date.parse(time))],
    ['dvchost', host],
    ['externalId', String(seq)],
    ['cs1Label', 'ledgerLeaf'],
    ['cs1', leaf],
    ...factsOf(facts).map(([name, value]): [string, string] => [NAMES[name] ?? ownName(name), String(value)]),
  ];
  const head = ['CEF:0', ...fields.map((text) => clean(text).replace(/[\\|]/g, '\\$&'))].join('|');
  return `${head}|${values.map(([name, text]) => `${name}=${clean(text).replace(/[\\=]/g, '\\$&')}`).join(' ')}`;
}

/** Letters and digits only: `gatehouseInputTokens`. */
const ownName = (name: string): string =>
  `gatehouse${name
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')}`;
