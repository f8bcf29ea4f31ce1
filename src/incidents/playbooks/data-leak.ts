/** Secrets, personal data or the system prompt came out in replies. */
export const DATA_LEAK = `name: data-leak
title: Data came out in replies
when:
  techniques: ["AML.T0057*", "AML.T0056*", "LLM02*", "LLM07*", "LLM06*"]
roles:
  commander: on-call security, decides and closes
  privacy: decides whether people or authorities must be told, and by when (GDPR, article 33, 72 hours)
steps:
  - id: look
    text: Which data classes did the guards find, in whose replies, since when?
  - id: block
    text: Keep the model from being asked until the leak is closed.
    do: { action: block_model, for: 24h }
  - id: review
    text: Or have each prompt of the callers held for people, where the model has to go on.
    do: { action: force_review, for: 24h }
  - id: lock
    text: Lock the evidence before anything is changed.
  - id: cause
    text: Remove the data from the prompt, the documents or the model; end keys that were read.
  - id: tell
    text: Decide with privacy who must be told.
  - id: back
    text: Undo the measures, and look on.
checks:
  - { rules: ["canary.*"], quiet: 24h }
messages:
  - to: privacy
    text: "{{title}} ({{id}}), {{severity}}: guards found data in replies. Callers: {{callers}}. Models: {{models}}. Opened {{opened}}."
`;
