import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import { parseDuration, parseSize } from '../base/units.ts';

/** What of prompts and replies is kept, sealed. */
export interface ContentRule {
  readonly seal: { readonly prompts: boolean; readonly replies: boolean };
  /** Prompts that were blocked are kept too, as they came. */
  readonly blocked: boolean;
  /** Milliseconds. */
  readonly keep: number;
  /** Bytes of sealed content on disk; beyond, nothing can be sealed. */
  readonly max: number;
  /** What happens where it cannot be sealed. */
  readonly onError: 'block' | 'allow';
}

const DAY = 86_400_000;

/** `content:` of `policy.yaml`. */
export const Content = Type.Object(
  {
    seal: Type.Enum(['none', 'prompts', 'replies', 'both'], {
      description: 'What is kept sealed: what goes to the model, what comes back. Default: none.',
    }),
    blocked: Type.Optional(
      Type.Boolean({ description: 'Keep blocked prompts too, sealed, as they came. Default: false.' }),
    ),
    keep: Type.Optional(
      Type.String({
        pattern: '^\\d{1,5}d$',
        description: 'days such as 30d; then files and keys go. Default: 30d.',
      }),
    ),
    max: Type.Optional(
      Type.String({
        pattern: '^\\d+(\\.\\d+)? ?(KB|MB|GB)$',
        description: 'a size such as 10GB; beyond, content cannot be sealed. Default: 10GB.',
      }),
    ),
    on_error: Type.Optional(
      Type.Enum(['block', 'allow'], {
        description:
          'What happens where it cannot be sealed: the request is refused, or goes on. Default: block.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Content that is kept, sealed. Default: none.' },
);

type ContentEntry = Static<typeof Content>;

/** Undefined where nothing is to be sealed. */
export function readContent(
  report: (path: Path, message: string) => void,
  written: ContentEntry | undefined,
): ContentRule | undefined {
  if (written === undefined) return undefined;
  const { seal, blocked = false, on_error: onError = 'block' } = written;
  const keep = parseDuration(written.keep ?? '30d') ?? 0;
  const max = parseSize(written.max ?? '10GB') ?? 0;
  if (keep < DAY) report(['content', 'keep'], 'must be a day or more');
  if (max < 1) report(['content', 'max'], 'must be a size above 0');
  if (seal === 'none') {
    if (blocked) report(['content', 'blocked'], 'has no meaning with seal: none');
    return undefined;
  }
  return {
    seal: { prompts: seal !== 'replies', replies: seal !== 'prompts' },
    blocked,
    keep,
    max,
    onError,
  };
}
