/**
 * Source text with everything blanked that is no code: comments, and the insides of strings and patterns. Lines and
 * offsets stay, so a rule can look for a word without finding it in a sentence.
 */
export function codeOnly(text: string): string {
  let code = '';
  /** For each template literal that is open: how many braces are open inside its present `${…}`. */
  const templates: number[] = [];
  let at = 0;

  const keep = (chars: number) => {
    code += text.slice(at, at + chars);
    at += chars;
  };
  const blankTo = (end: number) => {
    code += text.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  /** To the end of the template's text: its backtick, or the next `${`. */
  const readTemplate = () => {
    blankTo(findEnd(text, at, (rest) => text[rest] === '`' || text.startsWith('${', rest)));
    if (text[at] === '`') {
      templates.pop();
      keep(1);
    } else keep(2);
  };

  while (at < text.length) {
    const char = text.charAt(at);
    const open = templates.length - 1;
    if (text.startsWith('//', at)) blankTo(orEnd(text.indexOf('\n', at), text));
    else if (text.startsWith('/*', at)) blankTo(orEnd(text.indexOf('*/', at), text, 2));
    else if (char === "'" || char === '"') {
      keep(1);
      blankTo(findEnd(text, at, (rest) => text[rest] === char || text[rest] === '\n'));
      keep(1);
    } else if (char === '`') {
      templates.push(0);
      keep(1);
      readTemplate();
    } else if (char === '}' && templates[open] === 0) {
      keep(1);
      readTemplate();
    } else if (char === '/' && startsPattern(code)) {
      keep(1);
      blankTo(patternEnd(text, at));
      keep(1);
    } else {
      if (open >= 0 && (char === '{' || char === '}'))
        templates[open] = (templates[open] ?? 0) + (char === '{' ? 1 : -1);
      keep(1);
    }
  }
  return code;
}

const orEnd = (index: number, text: string, more = 0) => (index < 0 ? text.length : index + more);

/** The first offset at which `stop` holds, passing over what a backslash escapes. */
function findEnd(text: string, from: number, stop: (at: number) => boolean): number {
  let at = from;
  while (at < text.length && !stop(at)) at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

/** The closing slash of a regular expression: the first one outside a character class. */
function patternEnd(text: string, from: number): number {
  let inClass = false;
  return findEnd(text, from, (at) => {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    return (text[at] === '/' && !inClass) || text[at] === '\n';
  });
}

/** After these a slash starts a regular expression; after a value it divides. */
const startsPattern = (codeBefore: string) =>
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|=>|\b(?:return|typeof|case|in|of|do|else))\s*$/.test(codeBefore.slice(-40));
