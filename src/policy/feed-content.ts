import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';

/** Held text that one feed may carry; without such a rule no feed carries any. */
export interface FeedContentRule {
  /** The feed, as the settings name it. */
  readonly name: string;
  readonly content: ReadonlySet<string>;
  /** Secrets go out as they stand in the text; otherwise they are covered. */
  readonly secrets: boolean;
}

/** `feeds:` of `policy.yaml`. */
export const FeedContentSection = Type.Array(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100, description: 'The feed, as the settings name it.' }),
      content: Type.Array(Type.Enum(['prompt', 'reply']), {
        minItems: 1,
        uniqueItems: true,
        description: 'What of that which is held for people goes out with the notice that it is held.',
      }),
      secrets: Type.Optional(
        Type.Boolean({ description: 'With the secrets that are in it. Default: false, they are covered.' }),
      ),
    },
    { additionalProperties: false, description: 'A feed that may carry text.' },
  ),
  { maxItems: 100, description: 'Feeds that may carry held text; all others carry none.' },
);

export function readFeedContent(
  report: (path: Path, message: string) => void,
  written: Static<typeof FeedContentSection> = [],
): readonly FeedContentRule[] {
  for (const [index, { name }] of written.entries())
    if (written.findIndex((one) => one.name === name) !== index)
      report(['feeds', index, 'name'], `there is a rule for “${name}” already`);
  return written.map(({ name, content, secrets = false }) => ({ name, content: new Set(content), secrets }));
}
