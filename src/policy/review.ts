import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import { parseDuration } from '../base/units.ts';
import type { GuardAction } from '../exchange/verdict.ts';

/** What becomes of prompts and replies in which a guard with `action: review` finds something. Times in milliseconds. */
export interface ReviewRule {
  /** Until a person has to have decided. */
  readonly deadline: number;
  /** What is decided where nobody did by then. */
  readonly onTimeout: 'block' | 'pass';
  /** How long the caller's connection waits for a decision. */
  readonly hold: number;
  /** How long what was held is kept, with its text; then both are gone. */
  readonly keep: number;
  /** How long a finding passes that was decided to pass from now on. */
  readonly remember: number;
  /** What becomes of measures that the gateway has taken by itself, where nobody has decided on them. */
  readonly containments: 'keep' | 'undo';
  /** Who may decide, beside what their roles allow; undefined: whoever is allowed to. */
  readonly by: { readonly roles: readonly string[]; readonly teams: readonly string[] } | undefined;
}

const DAY = 86_400_000;
const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

/** `review:` of `policy.yaml`. */
export const ReviewSection = Type.Object(
  {
    deadline: Type.Optional(
      Type.String({ description: 'Until when a person has to have decided, 1s to 30d. Default: 4h.' }),
    ),
    on_timeout: Type.Optional(
      Type.Enum(['block', 'pass'], { description: 'What is decided where nobody did. Default: block.' }),
    ),
    hold: Type.Optional(
      Type.String({
        description: 'How long a connection waits for a decision, 0s to 5m. Default: 15s.',
      }),
    ),
    keep: Type.Optional(
      Type.String({
        pattern: '^\\d{1,5}d$',
        description: 'days such as 30d; then the held text is gone. Default: 30d.',
      }),
    ),
    remember: Type.Optional(
      Type.String({
        pattern: '^\\d{1,5}d$',
        description: 'days for which a finding passes that was decided to pass from now on. Default: 30d.',
      }),
    ),
    containments: Type.Optional(
      Type.Enum(['keep', 'undo'], {
        description:
          'What becomes of measures that the gateway took by itself, where nobody has decided. Default: keep.',
      }),
    ),
    by: Type.Optional(
      Type.Object(
        {
          roles: Type.Optional(names('Who has one of these roles.')),
          teams: Type.Optional(names('Who is in one of these teams.')),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          description: 'Who may decide, of those who are allowed to. Default: all of them.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'What becomes of what guards hold for people to decide on.' },
);

/** With every default filled in. */
export function readReview(
  report: (path: Path, message: string) => void,
  written: Static<typeof ReviewSection> = {},
): ReviewRule {
  const time = (
    name: 'deadline' | 'hold' | 'keep' | 'remember',
    usual: string,
    least: number,
    most: number,
  ) => {
    const read = parseDuration(written[name] ?? usual);
    if (read === undefined || read < least || read > most)
      report(
        ['review', name],
        `must be a duration from ${least / 1000}s to ${most / 1000}s, such as ${usual}`,
      );
    return read ?? 0;
  };
  const deadline = time('deadline', '4h', 1000, 30 * DAY);
  const hold = time('hold', '15s', 0, 5 * 60_000);
  const keep = time('keep', '30d', DAY, 3650 * DAY);
  if (keep < deadline) report(['review', 'keep'], 'must not be shorter than the deadline');
  const { on_timeout: onTimeout = 'block', containments = 'keep', by } = written;
  return {
    deadline,
    onTimeout,
    containments,
    // Who waits to the deadline is to hear what is decided then.
    hold: Math.min(hold, deadline + 2_000),
    keep,
    remember: time('remember', '30d', DAY, 3650 * DAY),
    by: by && { roles: by.roles ?? [], teams: by.teams ?? [] },
  };
}

/** Whether the guard holds anything for people to decide on. */
export const holdsForReview = ({
  on,
  action,
}: {
  readonly on: { readonly prompt: boolean; readonly reply: boolean };
  readonly action: { readonly prompt: GuardAction; readonly reply: GuardAction };
}): boolean => (on.prompt && action.prompt === 'review') || (on.reply && action.reply === 'review');
