/**
 * The price table that is shipped. To be checked before it is relied on: it was written down from what was known at
 * `as_of`, and compared with the vendors' lists at samples only. A `prices.yaml` of your own is asked first. The lists: https://openai.com/api/pricing,
 * https://docs.claude.com/en/docs/about-claude/pricing, https://ai.google.dev/gemini-api/docs/pricing (standard
 * tier, text; cache writes of five minutes).
 */
export const DEFAULT_PRICES = `version: 1
as_of: "2026-05-31"
# US dollars for a million tokens. The first entry that fits holds, so a dated name goes by the glob of its family.
prices:
  # OpenAI
  - { models: ["gpt-5.4", "gpt-5.4-20*"], input: 2.5, cached_input: 0.25, output: 15 }
  - { models: ["gpt-5.4-mini*"], input: 0.75, cached_input: 0.075, output: 4.5 }
  - { models: ["gpt-5.4-nano*"], input: 0.2, cached_input: 0.02, output: 1.25 }
  - { models: ["gpt-5.2-pro*"], input: 21, output: 168 }
  - { models: ["gpt-5.2", "gpt-5.2-20*", "gpt-5.2-chat-latest"], input: 1.75, cached_input: 0.175, output: 14 }
  - { models: ["gpt-5.1", "gpt-5.1-20*", "gpt-5.1-chat-latest", "gpt-5.1-codex"], input: 1.25, cached_input: 0.125, output: 10 }
  - { models: ["gpt-5-pro*"], input: 15, output: 120 }
  - { models: ["gpt-5", "gpt-5-20*", "gpt-5-chat-latest", "gpt-5-codex"], input: 1.25, cached_input: 0.125, output: 10 }
  - { models: ["gpt-5-mini*"], input: 0.25, cached_input: 0.025, output: 2 }
  - { models: ["gpt-5-nano*"], input: 0.05, cached_input: 0.005, output: 0.4 }
  - { models: ["gpt-4.1", "gpt-4.1-20*"], input: 2, cached_input: 0.5, output: 8 }
  - { models: ["gpt-4.1-mini*"], input: 0.4, cached_input: 0.1, output: 1.6 }
  - { models: ["gpt-4.1-nano*"], input: 0.1, cached_input: 0.025, output: 0.4 }
  - { models: ["gpt-4o-2024-05-13"], input: 5, output: 15 }
  - { models: ["gpt-4o", "gpt-4o-20*"], input: 2.5, cached_input: 1.25, output: 10 }
  - { models: ["gpt-4o-mini", "gpt-4o-mini-20*"], input: 0.15, cached_input: 0.075, output: 0.6 }
  - { models: ["o3", "o3-20*"], input: 2, cached_input: 0.5, output: 8 }
  - { models: ["o3-pro*"], input: 20, output: 80 }
  - { models: ["o4-mini", "o4-mini-20*"], input: 1.1, cached_input: 0.275, output: 4.4 }
  - { models: ["o3-mini*"], input: 1.1, cached_input: 0.55, output: 4.4 }
  - { models: ["o1", "o1-20*"], input: 15, cached_input: 7.5, output: 60 }
  - { models: ["gpt-4-turbo*"], input: 10, output: 30 }
  - { models: ["gpt-3.5-turbo", "gpt-3.5-turbo-0125"], input: 0.5, output: 1.5 }
  - { models: ["text-embedding-3-small"], input: 0.02, output: 0 }
  - { models: ["text-embedding-3-large"], input: 0.13, output: 0 }
  - { models: ["text-embedding-ada-002"], input: 0.1, output: 0 }
  - { models: ["omni-moderation-*"], input: 0, output: 0 }
  # Anthropic
  - { models: ["claude-opus-4-5*", "claude-opus-4-6*", "claude-opus-4-7*"], input: 5, cached_input: 0.5, cache_write: 6.25, output: 25 }
  - { models: ["claude-opus-4-*", "claude-3-opus*"], input: 15, cached_input: 1.5, cache_write: 18.75, output: 75 }
  - models: ["claude-sonnet-4-5*", "claude-sonnet-4-20250514", "claude-sonnet-4-0"]
    input: 3
    cached_input: 0.3
    cache_write: 3.75
    output: 15
    long: { above: 200000, input: 6, cached_input: 0.6, cache_write: 7.5, output: 22.5 }
  - { models: ["claude-sonnet-4-6*", "claude-3-7-sonnet*", "claude-3-5-sonnet*"], input: 3, cached_input: 0.3, cache_write: 3.75, output: 15 }
  - { models: ["claude-haiku-4-5*"], input: 1, cached_input: 0.1, cache_write: 1.25, output: 5 }
  - { models: ["claude-3-5-haiku*"], input: 0.8, cached_input: 0.08, cache_write: 1, output: 4 }
  - { models: ["claude-3-haiku*"], input: 0.25, cached_input: 0.03, cache_write: 0.3, output: 1.25 }
  # Google
  - models: ["gemini-3-pro*", "gemini-3.1-pro*"]
    input: 2
    cached_input: 0.2
    output: 12
    long: { above: 200000, input: 4, cached_input: 0.4, output: 18 }
  - models: ["gemini-2.5-pro*"]
    input: 1.25
    cached_input: 0.125
    output: 10
    long: { above: 200000, input: 2.5, cached_input: 0.25, output: 15 }
  - { models: ["gemini-2.5-flash-lite*"], input: 0.1, cached_input: 0.01, output: 0.4 }
  - { models: ["gemini-2.5-flash", "gemini-2.5-flash-preview*"], input: 0.3, cached_input: 0.03, output: 2.5 }
  - { models: ["gemini-2.0-flash-lite*"], input: 0.075, output: 0.3 }
  - { models: ["gemini-2.0-flash*"], input: 0.1, cached_input: 0.025, output: 0.4 }
  - { models: ["gemini-embedding-001"], input: 0.15, output: 0 }
  # Gatehouse's own simulation costs nothing.
  - { models: ["practice-model"], input: 0, output: 0 }
`;
