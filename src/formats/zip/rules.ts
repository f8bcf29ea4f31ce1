import type { Rule } from '../../findings/rule.ts';
import { MEMBER_RULES } from '../member-names.ts';

const ambiguous = {
  cwe: ['CWE-436', 'CWE-693'],
  owasp: ['LLM03:2025', 'ML06:2023'],
  atlas: ['AML.T0010.003', 'AML.T0011.000'],
} as const;

export const ZIP_RULES = {
  ...MEMBER_RULES,
  disagreement: {
    id: 'zip.disagreement',
    title: 'A member that is two things: its own header and the directory disagree',
    severity: 'high',
    about:
      "A zip file says everything twice: in a header before each member, and in the directory at its end. Programs differ in which of the two they believe: Python's zipfile refuses a member whose names differ, PyTorch loads it; a program that reads a stream sees only the first. So what is scanned need not be what is loaded. Both readings were scanned here.",
    advice: 'Do not load it. Ask for a file that the library itself has written.',
    ...ambiguous,
    advisories: ['CVE-2025-1944', 'CVE-2025-1945'],
  },
  directory: {
    id: 'zip.directory',
    title: 'A zip file with no directory, a wrong one, or several',
    severity: 'high',
    about:
      'Where the directory begins, how long it is and how many members it has is said in more than one place (the end record, its 64-bit form, and where it stands). Where these disagree, or there are several ends, each program picks its own, and sees other members. All of them were scanned here.',
    advice: 'Do not load it. Ask for a file that the library itself has written.',
    ...ambiguous,
  },
  duplicate: {
    id: 'zip.duplicate',
    title: 'Two members of one name',
    severity: 'high',
    about:
      "Which of the two is loaded depends on who loads it: the last in Python, any of them in PyTorch, whose look-up does not care for upper and lower case either. Scanners that ask for a member by its name see only one. All were scanned here. Where names differ only by case the finding is milder: numpy's archives may have both `W` and `w`.",
    advice: 'Do not load it. Ask for a file that the library itself has written.',
    ...ambiguous,
  },
  overlap: {
    id: 'zip.overlap',
    title: 'Members that lie in one another',
    severity: 'high',
    about:
      'The bytes of one member are those of another as well. So a small file unpacks to an enormous one (Fifield, "A better zip bomb", 2019), or the same bytes are one thing under one name and something else under the other.',
    advice: 'Do not load it.',
    ...ambiguous,
    cwe: ['CWE-409', 'CWE-436'],
  },
  hidden: {
    id: 'zip.hidden-member',
    title: 'A member that the directory does not name',
    severity: 'high',
    about:
      'Between the members, before them or behind them there is another one with a header of its own. Programs that read by the directory do not see it; programs that read from the front do. It was scanned as well.',
    advice: 'Do not load it. Ask for a file that the library itself has written.',
    ...ambiguous,
  },
  gap: {
    id: 'zip.gap',
    title: 'Bytes that belong to no member',
    severity: 'medium',
    about:
      'Before, between or behind the members there are bytes that are not padding. A file that is a zip file from its end can be anything from its front: a program, a pickle. They were scanned as a file of their own.',
    advice: 'Ask for a file without them: no library for models writes such files.',
    ...ambiguous,
  },
  checksum: {
    id: 'zip.checksum',
    title: 'A member with the wrong checksum',
    severity: 'medium',
    about:
      'Its content is not what it was when the checksum was made. Scanners that stop here have been led past the content: PyTorch does not look at the checksum. It was scanned nevertheless.',
    advice: 'Get the file again from where it comes from and compare digests.',
    ...ambiguous,
    cwe: ['CWE-354'],
    advisories: ['CVE-2025-10156'],
  },
  corrupt: {
    id: 'zip.corrupt',
    title: 'A member that cannot be unpacked whole',
    severity: 'medium',
    about:
      'Its compressed data breaks off, or makes another number of bytes than it says. What could be unpacked was scanned; loaders that read as they unpack get that far, too.',
    advice: 'Get the file again from where it comes from and compare digests.',
    ...ambiguous,
  },
  flags: {
    id: 'zip.flags',
    title: 'A member that says it is encrypted',
    severity: 'medium',
    about:
      'No library for models reads encrypted members, but some do not look whether one says so: PyTorch has loaded members with this flag as if it were not there, while scanners failed at it. The content was scanned as if it were not there; where it truly is encrypted, nothing in it could be read.',
    advice: 'Do not load it. Ask for a file that is not encrypted.',
    ...ambiguous,
    advisories: ['CVE-2025-1945'],
  },
  method: {
    id: 'zip.method',
    title: 'A member that is compressed in a way that is not read',
    severity: 'medium',
    about:
      'Stored, deflate, deflate64, bzip2, LZMA, xz and Zstandard are read; this is something else, so nobody knows what is in it.',
    advice: 'Unpack it where nothing can happen, scan what is in it, and pack it anew.',
    ...ambiguous,
  },
  many: {
    id: 'zip.too-many',
    title: 'More members than are read',
    severity: 'medium',
    about: 'The directory is larger than any that a library writes. What is beyond the bound was not read.',
    advice: 'Unpack it and scan what is inside, or do not use it.',
    ...ambiguous,
    cwe: ['CWE-400'],
  },
} as const satisfies Record<string, Rule>;
