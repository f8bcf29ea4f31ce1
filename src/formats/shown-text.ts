import { shown } from '../findings/finding.ts';
import { CODE_RULES } from './code-rules.ts';
import type { Part } from './format.ts';

/** UTF-16 units of markup that are looked at; pictures in it are cut out before. */
const LONGEST = 1 << 20;
/** Of a script that is looked at: libraries for drawing are longer, and talk to whatever they are told to. */
const SHORT = 4_000;

/** Reads what only the viewer should have, or runs code in the notebook that shows it. */
const STEALS =
  /document\s*\.\s*cookie|constructor\s*\.\s*constructor\s*\(|localStorage\s*\.\s*getItem|(?:notebook|session)?\s*\.\s*kernel\s*\.\s*execute\s*\(|kernel\.requestExecute|Jupyter\.notebook\.\w{0,40}execute|\beval\s*\(\s*(?:atob|unescape|decodeURIComponent)\s*\(|WScript\.Shell|ActiveXObject/;
const TALKS =
  /(?:\bfetch\s*\(|\.open\s*\(\s*["'](?:GET|POST)["']\s*,|sendBeacon\s*\(|new\s+WebSocket\s*\(|new\s+Image\b[^;]{0,40}\.src\s*=|\.src\s*=|location(?:\.href)?\s*=|import\s*\()\s*["'`]?(?:https?:|wss?:|\/\/)/;
/** A handler in a tag, and in it more than a name for a function. */
const HANDLER =
  /<[a-zA-Z][^<>]{0,2000}?\son[a-z]{3,20}\s*=\s*(?:"[^"]{0,1000}?|'[^']{0,1000}?|[^\s>]{0,1000}?)(?:\b(?:alert|fetch|eval|atob|execute|sendBeacon|XMLHttpRequest|Function|import|prompt|confirm)\s*\(|document\s*\.\s*cookie|location\s*=)/i;
const LINK =
  /(?:\]\(\s*<?\s*|\b(?:href|src|action|formaction|data|values|to)\s*=\s*["']?\s*)(?:javascript|vbscript)\s*:|\\href\{\s*javascript:|(?:\]\(\s*<?\s*|\b(?:href|src|data)\s*=\s*["']?\s*)data:(?:text\/html|application\/xhtml)/i;
const FRAME = /<iframe\b[^<>]{0,2000}\bsrcdoc\s*=\s*["'][^"']{0,2000}(?:<|&lt;)\s*script/i;

/** Markup that is shown to people: the cards of models, cells of notebooks and what they gave out. */
export function judgeMarkup(part: Part, markup: string, what: string): void {
  const text = markup
    .slice(0, LONGEST)
    .replace(/data:(?:image|font|audio|video)\/[\w.+-]{1,40};base64,[\w+/=]{64,}/g, '');
  const found = HANDLER.exec(text) ?? LINK.exec(text) ?? FRAME.exec(text) ?? scriptIn(text);
  if (found !== null && found !== undefined)
    part.report({
      rule: CODE_RULES.active.id,
      message: `${what} has markup that does something: ${shown(found[0], 100)}`,
      evidence: { text: shown(found[0], 200) },
    });
}

function scriptIn(text: string): RegExpExecArray | undefined {
  for (const { index } of text.matchAll(/<script\b/gi)) {
    const end = text.indexOf('</script', index);
    const script = text.slice(index, end < 0 ? index + SHORT : end);
    if (script.length <= SHORT) {
      const found = harmfulScript(script);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A script by itself. */
export const harmfulScript = (script: string): RegExpExecArray | undefined =>
  STEALS.exec(script) ?? TALKS.exec(script) ?? undefined;

/** Blocks of code in Markdown say how something is written, and are not shown as markup. */
export const withoutCode = (markdown: string): string =>
  markdown
    .slice(0, LONGEST)
    .replace(/^( {0,3})(`{3,12}|~{3,12})[^\n]*\n[\s\S]*?^\1\2[^\n]*$/gm, '')
    .replace(/(`{1,2})[^`\n]{1,500}\1/g, '');

/** Tags of Unicode spell out letters that nobody sees; flags of countries end in some. */
const TAGS = /(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,9})[\u{e0020}-\u{e007e}]{4,}/u;
/** Blanks of no width in such numbers are bits of something. */
const BLANKS = /(?:\u200b|\u200c|\u200d|[\u2060-\u2064]|\ufeff){16,}/;
const VARIANTS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{8,}/u;
/** What turns the order of letters around without need: no script is written so (CVE-2021-42574). */
const TURNS = /[\u202d\u202e]/;
const TURNS_IN_CODE = /[\u202a-\u202e\u2066-\u2069]/;
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What stands in a text and is not seen by whoever reads it. */
export function judgeUnseen(part: Part, text: string, kind: 'code' | 'prose'): void {
  const tags = TAGS.exec(text)?.[0];
  const said =
    tags === undefined
      ? undefined
      : [...tags].map((char) => String.fromCharCode((char.codePointAt(0) ?? 0) - 0xe0000)).join('');
  const message =
    said !== undefined
      ? `letters that nobody sees say ${shown(said, 80)}`
      : BLANKS.test(text) || VARIANTS.test(text)
        ? 'a long row of characters that nobody sees'
        : (kind === 'code' ? TURNS_IN_CODE : TURNS).test(text) && !LEFTWARD.test(text)
          ? 'characters turn the order of what is seen around'
          : kind === 'code' && text.includes('\0')
            ? 'zeros stand in it, where some readers take it to end'
            : undefined;
  if (message !== undefined) part.report({ rule: CODE_RULES.disguise.id, message });
  if (said !== undefined) part.readText(said, 'told');
}

/** What a card holds that is not shown, and programs that read the card for people are told. */
const UNSEEN =
  /<!--((?:(?!<!--)[\s\S]){20,8000}?)-->|^\[(?:\/\/|comment|_)[^\]\n]{0,20}\]:\s*(?:#|<>)\s*["'(]([^\n]{20,4000})|<(\w{1,20})\b[^<>]{0,400}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[;"'\s]|\.0)|color\s*:\s*(?:white|#fff(?:fff)?|transparent)\b|\bhidden\b)[^<>]{0,400}>([\s\S]{20,4000}?)<\/\3>/gim;

/** Notes for whoever edits a card are not shown either: these words are for a program that reads it. */
export const ORDERS =
  /\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:previous|prior|above|earlier|all|any|your)\b|\b(?:you are|as|dear|attention)\b.{0,20}\b(?:AI|assistant|LLM|language model|agent|chatbot|copilot)\b|\b(?:do not|don't|never|without)\b.{0,40}\b(?:tell|telling|mention|mentioning|inform|informing|reveal|user)|\bsystem prompt\b|\bexfiltrat|\.ssh\b|\bapi[_ -]?keys?\b|\b(?:curl|wget)\s|\brm\s+-rf\b|\b(?:send|upload|post)\b.{0,60}\bhttps?:/is;

export function tellUnseen(part: Part, markdown: string): void {
  let count = 0;
  for (const [, comment, line, , hidden] of markdown.slice(0, LONGEST).matchAll(UNSEEN)) {
    if (++count > 50) return;
    const told = comment ?? line ?? hidden ?? '';
    if (ORDERS.test(told)) part.readText(told, 'told');
  }
}
