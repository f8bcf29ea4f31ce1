import type { Find } from './candidate.ts';

/** What ends a host name and is no top-level domain, but what a file is. */
const FILES =
  /^(?:png|jpe?g|gif|svg|webp|css|js|ts|mjs|json|html?|xml|md|txt|py|rb|go|rs|java|exe|zip|pdf|csv|yaml|yml)$/i;

/** RFC 5321 and RFC 6531: at most 64 before the `@`; host names of labels, with letters of all scripts. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}](?:[\p{L}\p{N}._%+'-]{0,62}[\p{L}\p{N}_+-])?@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}@]|[.-][\p{L}\p{N}])/gu;

const SPOKEN =
  /(?<![p{L}p{N}._-])[A-Za-z][\w.-]{0,40} ?[[({<] ?(?:at|@) ?[\])}>] ?[A-Za-z][\w-]{0,40}(?: ?[[({<] ?(?:dot|\.) ?[\])}>] ?|\.)[A-Za-z]{2,12}(?:(?: ?[[({<] ?dot ?[\])}>] ?|\.)[A-Za-z]{2,3})?/gi;

export const emails: Find = (text, from, to, add) => {
  const stretch = text.slice(from, to);
  for (const match of stretch.matchAll(EMAIL)) {
    const start = from + match.index;
    const end = start + match[0].length;
    const local = match[0].slice(0, match[0].indexOf('@'));
    if (FILES.test(match[0].slice(match[0].lastIndexOf('.') + 1))) continue;
    // `git@host:path` is a place, and `scheme://user@host` belongs to an address.
    if (/^(?:git|hg|svn)$/.test(local) && /^[:/]/.test(text.slice(end, end + 1))) continue;
    if (/:\/\/[^\s]{0,64}$/.test(text.slice(Math.max(0, start - 70), start))) continue;
    add({ id: 'email_address', start, end, score: 0.98 });
  }
  if (!/[[({<] ?(?:at|@) ?[\])}>]/i.test(stretch)) return;
  for (const match of stretch.matchAll(SPOKEN)) {
    add({
      id: 'email_address',
      start: from + match.index,
      end: from + match.index + match[0].length,
      score: 0.7,
    });
  }
};

const V4 =
  /(?<![\w.:$€£-])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d)/g;
const V6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/gi;
const VERSION = /(?:\bversions?|\bver|\bv|\brelease|\bbuild|\bfirmware|\boid|\bsection|§)[\s:=.]{0,3}$/i;
/** Addresses that name no machine of anybody: this host, no host, all hosts, masks (RFC 6890). */
const NOBODY = /^(?:0\.0\.0\.0|127\.|255\.)/;

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const count = groups.length + (last.includes('.') ? 1 : 0);
  if (groups.some((group) => group === '')) return false;
  return halves.length === 2 ? count >= 2 && count < 8 && /\d/.test(text) : count === 8;
}

export const addressesOfHosts: Find = (text, from, to, add) => {
  const stretch = text.slice(from, to);
  for (const match of stretch.matchAll(V4)) {
    const start = from + match.index;
    const end = start + match[0].length;
    if (NOBODY.test(match[0]) || VERSION.test(text.slice(Math.max(0, start - 14), start))) continue;
    // A network rather than a host in it.
    if (/^\/(?:[0-9]|[12]\d|3[01])(?!\d)/.test(text.slice(end, end + 4)) && /\.0$/.test(match[0])) continue;
    add({ id: 'ip_address', start, end, score: 0.9 });
  }
  if (!stretch.includes(':')) return;
  for (const match of stretch.matchAll(V6)) {
    if (!isV6(match[0]) || /^(?:::1|::)$/.test(match[0])) continue;
    add({
      id: 'ip_address',
      start: from + match.index,
      end: from + match.index + match[0].length,
      score: 0.9,
    });
  }
};

const MAC =
  /(?<![\w:.-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w]|[:.-]\w)/gi;

export const addressesOfCards: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(MAC)) {
    if (/^(.)\1(?:.\1\1)+$/.test(match[0]) || /^\d{4}\.\d{4}\.\d{4}$/.test(match[0])) continue;
    add({
      id: 'mac_address',
      start: from + match.index,
      end: from + match.index + match[0].length,
      score: 0.9,
    });
  }
};
