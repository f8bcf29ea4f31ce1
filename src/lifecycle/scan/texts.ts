import type { Report, TextKind } from '../../formats/format.ts';
import { ORDERS } from '../../formats/shown-text.ts';
import type { About, Found, Guard } from '../../guards/guard.ts';
import { injection } from '../../guards/injection/index.ts';
import { secrets } from '../../guards/secrets/index.ts';
import { openMeans } from '../../runtime/means.ts';
import { FILE_RULES } from './rules.ts';

/** UTF-16 units of one piece that guards read at once, and by how much pieces overlap: no secret is longer. */
const PIECE = 1 << 17;
const OVERLAP = 4096;
/** So many of a kind say it all. */
const MOST = 20;
/** Found by what stands before it only: as likely the example in a manual as a secret. */
const VAGUE = /\.(?:generic_\w+|password_\w+|url_password|jwt)$/;

const ABOUT: About = {
  direction: 'prompt',
  path: '',
  provenance: 'document',
  format: 'text',
  streamed: false,
};

/** Nobody disguises a secret that was left behind; to undo disguises costs more than all the rest. */
const AS_IT_STANDS: About = { ...ABOUT, streamed: true };

let opened: { readonly secrets: Guard; readonly injection: () => Guard } | undefined;

/** Guards are built when the first text is met: most files have none, and the model of injection takes megabytes. */
function guards() {
  if (opened === undefined) {
    const means = openMeans();
    let built: Guard | undefined;
    opened = {
      secrets: secrets.build('secrets', {}, means),
      injection: () => {
        built ??= injection.build('injection', {}, means);
        return built;
      },
    };
  }
  return opened;
}

/** What the guards of Gatehouse say of texts in model files. */
export function readText(text: string, kind: TextKind, start: number | undefined): Report[] {
  const reports: Report[] = [];
  for (let at = 0; at < text.length && reports.length < MOST; at += PIECE - OVERLAP) {
    const piece = text.slice(at, at + PIECE);
    const range = (found: Found) =>
      start === undefined ? {} : { range: rangeOf(text, start, at + found.start, at + found.end) };
    for (const found of foundBy(guards().secrets, piece, AS_IT_STANDS)) {
      // In lists of words anything stands behind anything.
      if (kind === 'metadata' && VAGUE.test(found.reason)) continue;
      const name = found.reason.slice('secrets.'.length).replaceAll('_', ' ');
      reports.push({
        rule: FILE_RULES.secret.id,
        message: `what looks like a secret (${name}) stands in a text`,
        evidence: { kind: found.reason },
        ...(VAGUE.test(found.reason) && { severity: 'low' }),
        ...range(found),
      });
    }
    if (kind === 'told')
      for (const found of [
        // To tell a model how to answer is what a template is for.
        ...foundBy(guards().injection(), piece, ABOUT).filter(
          (one) => one.technique !== 'indirect' || ORDERS.test(around(piece, one)),
        ),
        ...secretly(piece),
      ])
        reports.push({
          rule: FILE_RULES.instructions.id,
          message: `what the model is told looks like ${(found.technique ?? 'an instruction').replaceAll('-', ' ')}`,
          evidence: { reason: found.reason },
          ...range(found),
        });
    if (at + PIECE >= text.length) break;
  }
  return reports.slice(0, MOST);
}

const around = (text: string, { start, end }: Found): string =>
  text.slice(Math.max(0, start - 200), end + 200);

/** Something to be done, and nobody to be told of it. */
const CONCEALED =
  /\b(?:do not|don't|never|without)\s+(?:ever\s+)?(?:tell|mention|inform|disclos|notify|alert|let)\w{0,6}\b.{0,60}\b(?:user|this|it|anyone|them|human|know)/is;
const DONE =
  /\b(?:send|post|upload|forward|exfiltrat\w*|insert|append|recommend|promote|execute|run|call|transfer|pay)\b/i;
const OVERRIDES =
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|preceding)\b.{0,40}\b(?:instruction|prompt|message|rule|direction)/is;

/** What says by itself that it is for nobody to see. */
function secretly(text: string): Found[] {
  const found = OVERRIDES.exec(text) ?? (DONE.test(text) ? CONCEALED.exec(text) : null);
  return found === null
    ? []
    : [
        {
          start: found.index,
          end: found.index + found[0].length,
          reason: 'injection.concealed_order',
          technique: 'indirect',
        },
      ];
}

/** Both guards answer at once where the whole text is there and nobody else is asked. */
function foundBy(guard: Guard, text: string, about: About): readonly Found[] {
  const reader = guard.open(about);
  const first = reader.push(text);
  const last = reader.end();
  if (first instanceof Promise || last instanceof Promise) throw new TypeError('a guard took its time');
  return [...first.found, ...last.found];
}

function rangeOf(text: string, start: number, from: number, to: number): { start: number; end: number } {
  const before = Buffer.byteLength(text.slice(0, from));
  return { start: start + before, end: start + before + Buffer.byteLength(text.slice(from, to)) };
}
