import { from } from './spans.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';

/** What a page or a document keeps from the eye: comments, and elements that are not shown. */
const COMMENT = /<!--([\s\S]*?)(?:-->|$)/g;
const MARKDOWN_COMMENT = /^\[[^\]\n]{0,40}\]:[ \t]*(?:#|<>)[ \t]*[("']([^\n]*?)[)"'][ \t]*$/gm;
const OPENING = /<([a-zA-Z][a-zA-Z0-9]{0,15})\b([^<>]{0,400})>/g;
const UNSEEN =
  /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?!\.[1-9])|(?:left|top|text-indent)\s*:\s*-\d{3,}|(?:width|height)\s*:\s*0|color\s*:\s*(?:transparent|white|#fff)|(?:^|\s)hidden(?:\s|=|$)|aria-hidden\s*=\s*["']?true|type\s*=\s*["']?hidden/i;
/** How far the end of an element is looked for. */
const FARTHEST = 20_000;

export const comments: Finder = {
  kind: 'comments',
  repairs: false,
  find(text, survey) {
    const found: Stretch[] = [];
    if (survey.has('<')) {
      collect(text, COMMENT, found);
      unseen(text, found);
    }
    if (survey.has(']:')) collect(text, MARKDOWN_COMMENT, found);
    return apart(found);
  },
};

function stretch(start: number, end: number, text: string): Stretch {
  return { kind: 'comments', start, end: end, text, spanOf: from(start) };
}

function collect(text: string, pattern: RegExp, into: Stretch[]): void {
  for (const match of matches(text, pattern)) {
    const inner = match[1] ?? '';
    if (!/[^\s-]{2}/.test(inner)) continue;
    const start = match.index + match[0].indexOf(inner);
    into.push(stretch(start, start + inner.length, inner));
  }
}

function unseen(text: string, into: Stretch[]): void {
  let done = 0;
  for (const match of matches(text, OPENING)) {
    const [opening, name = '', attributes = ''] = match;
    if (match.index < done || !UNSEEN.test(attributes)) continue;
    const start = match.index + opening.length;
    const value = /\bvalue\s*=\s*"([^"]{4,})"/i.exec(attributes)?.[1];
    if (name.toLowerCase() === 'input') {
      if (value === undefined) continue;
      const at = match.index + opening.indexOf(value);
      into.push(stretch(at, at + value.length, value));
      continue;
    }
    const near = text.slice(start, start + FARTHEST);
    const close = near.indexOf(`</${name}`);
    const end = start + (close < 0 ? Math.min(near.length, 2000) : close);
    done = end;
    if (/[^\s<>]{2}/.test(text.slice(start, end))) into.push(stretch(start, end, text.slice(start, end)));
  }
}

/** In order of start, and none over another. */
function apart(found: Stretch[]): Stretch[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((one) => {
    if (one.start < end) return false;
    end = one.end;
    return true;
  });
}
