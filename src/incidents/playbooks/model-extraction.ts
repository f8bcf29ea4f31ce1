/** Questions that together copy a model, or tell what it was trained on. */
export const MODEL_EXTRACTION = `name: model-extraction
title: A model is being copied
when:
  techniques: ["AML.T0024*", "AML.T0044*", "ML05*"]
roles:
  commander: on-call security, decides and closes
  model-owner: whoever answers for the model; says what a copy would cost
steps:
  - id: look
    text: How many answers were given away, and to how many callers of one owner?
  - id: suspend
    text: Switch the caller off while it is not known what it is.
    do: { action: suspend_caller, automatic: true, for: 24h }
  - id: mislead
    text: Or let it go on and be answered as the decoy's rung of the ladder has it (where there is none, not at all), so that it learns nothing, and not that it was found. Then undo the suspension.
    do: { action: raise_caller, rung: decoy, for: 72h }
  - id: freeze
    text: Where a version may have been changed, let none be added until it is known.
    do: { action: freeze_deployments, for: 24h }
  - id: cause
    text: Set quotas and shapers so that as many answers cannot be had again.
  - id: back
    text: Undo the measures, and look on.
checks:
  - { rules: [monitor.alarm], quiet: 72h }
messages:
  - to: the owner of the model
    text: "{{title}} ({{id}}): a caller asked in the pattern of model extraction, and is suspended."
`;
