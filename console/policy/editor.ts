import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, indentOnInput } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, lintKeymap } from '@codemirror/lint';
import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  hoverTooltip,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { aboutKey, helpAt, type Schema, spotAtEnd } from './schema-help.ts';

// A piece of its own, loaded with the pages that need it. It imports nothing that the rest of the console has, so that nothing of that
// has to become a piece too.

export interface Flaw {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly label: string;
  readonly text: string;
  readonly schema: Schema;
  /** What is wrong with a text; asked when nobody has written for a moment. */
  readonly check: (text: string) => Promise<readonly Flaw[]>;
  readonly onChange: (text: string) => void;
}

/** Milliseconds without a key until a text is checked. */
const PAUSE = 600;

/** Styles are put into a shadow root, as sheets that scripts make: a policy without `unsafe-inline` allows that. */
const rootIn = (parent: HTMLElement): ShadowRoot =>
  parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });

/** @returns how to take it away */
export function openEditor({ parent, label, text, schema, check, onChange }: EditorOptions): () => void {
  const root = rootIn(parent);
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        LOOKS,
        lineNumbers(),
        foldGutter(),
        history(),
        indentOnInput(),
        bracketMatching(),
        yaml(),
        words,
        autocompletion({ override: [(context) => complete(schema, context)], icons: false }),
        hoverTooltip((at, pos) => hover(schema, at, pos)),
        linter(async ({ state }) => diagnostics(state, await check(state.doc.toString())), { delay: PAUSE }),
        lintGutter(),
        // Tab indents; Escape first, and it leads on, as everywhere (WCAG 2.1.2).
        keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return () => view.destroy();
}

/** Two texts side by side. @returns how to take them away */
export function openDiff(
  parent: HTMLElement,
  names: readonly [string, string],
  texts: readonly [string, string],
): () => void {
  const root = rootIn(parent);
  const side = (index: 0 | 1) => ({
    doc: texts[index],
    extensions: [
      LOOKS,
      lineNumbers(),
      words,
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': names[index] }),
    ],
  });
  const view = new MergeView({
    parent: root,
    root,
    a: side(0),
    b: side(1),
    collapseUnchanged: { margin: 3 },
  });
  return () => view.destroy();
}

function complete(schema: Schema, context: CompletionContext): CompletionResult | null {
  const spot = spotAtEnd(context.state.sliceDoc(0, context.pos));
  const found = helpAt(schema, spot);
  if (found.length === 0 || (!context.explicit && spot.begun === '' && spot.writes === 'key')) return null;
  return {
    from: context.pos - spot.begun.length,
    options: found.map(({ label, about }) => ({
      label,
      apply: spot.writes === 'key' ? `${label}: ` : label,
      ...(about !== undefined && { info: about }),
    })),
    validFor: /^[\w+*.-]*$/,
  };
}

function hover(schema: Schema, { state }: EditorView, pos: number) {
  const line = state.doc.lineAt(pos);
  const word = state.wordAt(pos);
  if (word === null) return null;
  const ends =
    /^[\w.-]*\s*:/.test(state.sliceDoc(word.to, line.to)) || state.sliceDoc(word.to, word.to + 1) === ':';
  const { path } = spotAtEnd(`${state.sliceDoc(0, word.to)}${ends ? ': ' : ''}`);
  const about = aboutKey(schema, path);
  if (about === undefined) return null;
  return {
    pos: word.from,
    end: word.to,
    create() {
      const dom = document.createElement('div');
      dom.className = 'about';
      dom.textContent = about;
      return { dom };
    },
  };
}

const diagnostics = (state: EditorState, flaws: readonly Flaw[]): Diagnostic[] =>
  flaws.map(({ line, column, message }) => {
    const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
    const from = Math.min(at.to, at.from + column - 1);
    return { from, to: Math.max(from, state.wordAt(from)?.to ?? at.to), severity: 'error', message };
  });

/** Keys, texts and comments: what is what is told by more than the parser says, and colours follow the page's theme. */
const WORDS = new MatchDecorator({
  regexp: /(^|\s)#.*$|"[^"]*"|[\w.*-]+(?=:(?:\s|$))/g,
  decoration: ([text = '']) =>
    Decoration.mark({ class: /^\s*#/.test(text) ? 'said' : text.startsWith('"') ? 'quoted' : 'key' }),
});
const words = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = WORDS.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = WORDS.updateDeco(update, this.decorations);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

const MONO = { fontFamily: 'ui-monospace, monospace', fontSize: '0.88rem' };
const LOOKS: Extension = EditorView.theme({
  '&': { background: 'var(--ground)', color: 'var(--text)', border: '1px solid var(--edge)', ...MONO },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-scroller': { ...MONO, maxHeight: '65vh', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  // Its own signs are of few fonts, and its own grounds of the light theme.
  '.cm-collapsedLines': { background: 'var(--raised)', color: 'var(--quiet)' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"' },
  '.cm-gutters': { background: 'var(--raised)', color: 'var(--quiet)', border: 'none' },
  '.cm-tooltip': {
    background: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--edge)',
    maxWidth: '32rem',
  },
  '.cm-tooltip .about': { padding: '0.25rem 0.5rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.key': { color: 'var(--accent)' },
  '.quoted': { color: 'var(--good)' },
  '.said': { color: 'var(--quiet)' },
});
