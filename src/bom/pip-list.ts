import { ENTRIES, type Listed, LONGEST, type Required, readRequirement } from './required.ts';

const OTHER = /^(?:-[rc]\s*=?\s*|--(?:requirement|constraint)[\s=]\s*)(\S{1,400})/;
const EDITABLE = /^(?:-e\s+|--editable[\s=]\s*)/;

/** A list for pip (“Requirements File Format”). */
export function readPipList(path: string, text: string): Listed {
  const required: Required[] = [];
  const lists: string[] = [];
  const unread: string[] = [];
  const lines = text.replace(/\\\r?\n/g, ' ').split('\n', ENTRIES);
  for (const line of lines) {
    const bare = line
      .slice(0, 1 << 20)
      .replace(/\s--hash[\s=]\S+/g, '')
      .replace(/\s+/g, ' ')
      .replace(/(?:^|\s)#.*/, '')
      .trim()
      .slice(0, LONGEST);
    const [, other] = OTHER.exec(bare) ?? [];
    if (other !== undefined) {
      const isNear = !/^[a-z][a-z0-9+]{1,20}:\/\/|^[/\\]|^[A-Za-z]:/.test(other);
      if (isNear) lists.push(other.replaceAll('\\', '/'));
      else unread.push(`the list ${other.replace(/\/\/[^/@\s]{0,400}@/, '//')} lies elsewhere`);
      continue;
    }
    const wanted = bare.replace(EDITABLE, '').replace(/\s--[a-z-]+[\s=].*$/, '');
    if (wanted === '' || wanted.startsWith('-')) continue;
    const one = readRequirement(wanted, path);
    if (one !== undefined) required.push(one);
    // What lies in the folder is listed as its files.
    else if (!/^\.?(?:\.?\/|\[|$)/.test(wanted))
      unread.push(`the line “${wanted.slice(0, 100)}” is not understood`);
  }
  return { required, lists, unread };
}
