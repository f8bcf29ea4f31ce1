/** Somebody tries again and again to have a model do what it is not there for. */
export const PROMPT_INJECTION = `name: prompt-injection
title: A series of prompt injections
when:
  techniques: ["AML.T0051*", "AML.T0054*", "LLM01*"]
roles:
  commander: on-call security, decides and closes
  owner: whoever answers for the caller; knows whether it was meant
steps:
  - id: look
    text: Read the linked exchanges. Does the text come from the caller, or from documents and tools that it passes on?
  - id: suspend
    text: Switch the caller off while that is not known.
    do: { action: suspend_caller, automatic: true, for: 24h }
  - id: tighten
    text: Have the watching injection guard block, until the guards know the trick.
    do: { action: tighten_guard, guard: injection-watch, for: 72h }
  - id: cause
    text: Remove the cause. Take the document or tool out, or end the keys of a caller that is not to come back.
  - id: back
    text: Undo the measures one by one, and look on.
checks:
  - { rules: ["guard.evasion-*", guard.blocked-then-passed], quiet: 24h }
messages:
  - to: the caller's owner
    text: "{{title}} ({{id}}): requests of your program were blocked as prompt injection, and it is suspended. Please tell us what it reads that comes from others."
  - to: users
    text: A program is suspended while we look into what it was sent. Others are not affected.
`;
