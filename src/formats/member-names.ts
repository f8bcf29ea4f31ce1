import { shown } from '../findings/finding.ts';
import type { Rule } from '../findings/rule.ts';
import type { Report } from './format.ts';

const slip = {
  cwe: ['CWE-22', 'CWE-59'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003'],
} as const;

/** Rules of members' names and links, for every archive. */
export const MEMBER_RULES = {
  slip: {
    id: 'archive.slip',
    title: 'A member that is unpacked to somewhere else',
    severity: 'high',
    about:
      'The name, or the target of the link, leads out of the folder that the archive is unpacked to: to a start-up file, a library, a key. Programs that do not look unpack it there ("Zip Slip").',
    advice: 'Do not unpack it.',
    ...slip,
  },
  link: {
    id: 'archive.link',
    title: 'A member that is a link or a device',
    severity: 'medium',
    about:
      'Links make later members be written to, or read from, where the link leads. No library for models writes any; a link that stays within its archive is told as a minor finding.',
    advice: 'Ask for an archive without links, or look at what it leads to.',
    ...slip,
  },
  name: {
    id: 'archive.name',
    title: 'A member with a deceptive name',
    severity: 'medium',
    about:
      'The name has a character that ends it for some programs and not for others, that cannot be seen, or that means a device on some systems. What a person reads is not what a program opens.',
    advice: 'Ask for an archive with plain names.',
    ...slip,
  },
} as const satisfies Record<string, Rule>;

const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Arrays of numpy, which is asked for them by name and unpacks no files: `/layer/kernel:0` is a name like any other. */
const ARRAY = /\.npy$/;

/** What is wrong with a member's name. */
export function nameReports(name: string): readonly Report[] {
  const reports: Report[] = [];
  const { slip, name: deceptive } = MEMBER_RULES;
  const say = (rule: { readonly id: string }, what: string, isMild = false) =>
    reports.push({
      rule: rule.id,
      message: `the name ${shown(name)} ${what}`,
      ...(isMild && { severity: 'low' }),
    });
  const isArray = ARRAY.test(name) && !name.split('/').includes('..');
  if (leadsOut(name)) say(slip, 'leads out of the archive', isArray);
  else if (/^[a-z]:/i.test(name)) say(deceptive, 'begins with a drive of Windows', isArray);
  if (INVISIBLE.test(name)) say(deceptive, 'has characters that cannot be seen');
  else if (name.split(/[\\/]/).some((step) => DEVICE.test(step)))
    say(deceptive, 'is that of a device on Windows', true);
  else if (name.includes('\\'))
    say(deceptive, 'has a backslash, which is a folder on Windows and a letter elsewhere', true);
  return reports;
}

/** @param kind a symbolic link leads on from its own folder, a hard one from where the archive is unpacked */
export function linkReport(name: string, target: string, kind: 'symbolic' | 'hard' = 'symbolic'): Report {
  const message = `${shown(name)} is a link to ${shown(target)}`;
  const depth = kind === 'hard' ? 0 : name.split('/').length - 1;
  return leadsOut(target, depth)
    ? { rule: MEMBER_RULES.slip.id, message: `${message}, out of the archive` }
    : { rule: MEMBER_RULES.link.id, severity: 'low', message };
}

/** @param depth folders that it begins in */
function leadsOut(path: string, depth = 0): boolean {
  if (/^[\\/]|^[a-z]:[\\/]/i.test(path)) return true;
  let level = depth;
  for (const step of path.split(/[\\/]/)) {
    if (step === '..') level--;
    else if (step !== '' && step !== '.') level++;
    if (level < 0) return true;
  }
  return false;
}

/** The same for names that some file systems or look-ups take for the same. */
export const folded = (name: string): string => name.normalize('NFKC').toLowerCase();
