import type { Rule } from '../../findings/rule.ts';
import { MEMBER_RULES } from '../member-names.ts';

const ambiguous = {
  cwe: ['CWE-436', 'CWE-693'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

export const TAR_RULES = {
  ...MEMBER_RULES,
  disagreement: {
    id: 'tar.disagreement',
    title: 'A member whose length is said twice, differently',
    severity: 'high',
    about:
      'An extended header says another length than the header itself, or a link or folder says that it has content. Programs differ in which they believe, so they find the next member in different places: what one sees as content is to another a member of its own ("TARmageddon"). Both readings were scanned here.',
    advice: 'Do not unpack it. Ask for an archive made by an ordinary program.',
    ...ambiguous,
    advisories: ['CVE-2025-62518'],
  },
  duplicate: {
    id: 'tar.duplicate',
    title: 'Two members of one name',
    severity: 'medium',
    about:
      'The later overwrites the earlier when all are unpacked; a program that looks for one by its name may take the first. Both were scanned here.',
    advice: 'Ask for an archive in which every name is there once.',
    ...ambiguous,
  },
  corrupt: {
    id: 'tar.corrupt',
    title: 'A tar archive that breaks off',
    severity: 'medium',
    about:
      'A header has the wrong checksum or an impossible number, or content ends behind the file. Python stops there without a word, other programs go on at the next header that they find. What comes behind was scanned, too.',
    advice: 'Get the file again from where it comes from and compare digests.',
    ...ambiguous,
  },
  trailing: {
    id: 'tar.trailing',
    title: 'Bytes behind the end of a tar archive',
    severity: 'medium',
    about:
      'Behind the block of zeros that ends an archive there is more. Most programs do not see it; some, told to ignore zeros, go on. It was scanned as a file of its own.',
    advice: 'Ask for an archive without it.',
    ...ambiguous,
  },
  special: {
    id: 'tar.special',
    title: 'A member of a kind that models have no use for',
    severity: 'medium',
    about:
      'A device, a pipe, a file with holes, a part of an archive on several volumes, or a kind that nobody knows. Programs differ in what they make of it; its bytes were scanned as they stand there.',
    advice: 'Ask for an archive of ordinary files.',
    ...ambiguous,
  },
  many: {
    id: 'tar.too-many',
    title: 'More members than are read',
    severity: 'medium',
    about: 'There are more members than any library writes. What is beyond the bound was not read.',
    advice: 'Unpack it and scan what is inside, or do not use it.',
    ...ambiguous,
    cwe: ['CWE-400'],
  },
} as const satisfies Record<string, Rule>;
