/** The `policy.yaml` that a first start writes: least privilege, generous quotas, and the guards that suit everyone. */
export const DEFAULT_POLICY = `# Policy of Gatehouse: who may do what, how much, and what is looked for.
# Everything is explained in docs/policy.md and docs/quotas.md.
# Check it with:  gatehouse policy check

version: 1

# What no rule allows is refused, and deny wins over allow.
roles:
  # For programs: use every model, and nothing else.
  app:
    allow:
      - actions: [chat, embed, moderate, inspect, count_tokens, predict, models.list]
        models: ["*"]   # or only some: ["gpt-4o*", claude-haiku]
    # deny:
    #   - actions: [chat]
    #     models: ["*-preview"]

  # For people who run the gateway: manage it, but not talk to models.
  admin:
    allow:
      - actions: ["callers.*", "people.*", "proposals.*", "policy.*", "config.*", "audit.*", metrics.read, "incidents.*",
                  "vault.*", content.erase, reviews.read, registry.read, registry.activate, registry.revoke, registry.remove, "alarms.*"]

  # For people who keep it running: see what happens, switch callers off and on, activate models.
  operator:
    allow:
      - actions: ["callers.*", policy.read, policy.try, "config.*", audit.read, metrics.read, vault.read, "incidents.*", "proposals.*",
                  registry.read, registry.activate, registry.revoke, "alarms.*"]

  # For people who build on it: use every model, and see what the policy is.
  developer:
    allow:
      - actions: [chat, embed, moderate, inspect, count_tokens, predict, models.list, policy.read]
        models: ["*"]

  # For people who decide on what guards were not sure of: they may read what was sealed.
  reviewer:
    allow:
      - actions: [audit.read, policy.read, content.read, "reviews.*", "proposals.*"]

  # For people who check on all of it: read and verify, nothing else.
  auditor:
    allow:
      - actions: [audit.read, policy.read, config.read, callers.read, people.read, proposals.read, metrics.read,
                  vault.read, incidents.read, reviews.read, registry.read, alarms.read]

  # For people who vet models: add and approve them, never one person alone. Whoever makes callers must not have it too.
  vetter:
    allow:
      - actions: ["registry.*"]

# Acts of people that another person must approve first: docs/people.md#two-people
# two_people: [content.read, people.write]

# Rules with conditions (teams, hours, networks, purposes) are Cedar policies: docs/authorization.md
# authorization:
#   files: [./authorization.cedar]

# All quotas that fit a request hold. A window starts with its first request.
quotas:
  - per: caller
    requests: 600/minute
    tokens: 500k/minute
    concurrency: 50
  - per: team
    tokens: 20M/day

# Dollars, by a price table that is shipped and that you can override: docs/budgets.md
# budgets:
#   - per: team
#     dollars: 400/month

# Tokens set aside for an answer when a request names no maximum.
assume_output: 1024

# What reads every prompt and every reply, in this order. A guard that cannot decide blocks.
guards:
  # Lengths, and characters that hide text from people: control, zero-width, right-to-left, tags.
  - use: bounds

  # Keys and tokens: a prompt that holds one is blocked, a reply has it masked.
  - use: secrets
    action: { prompt: block, reply: mask }

  # Prompt injection and jailbreaks: what is nearly sure is blocked. What is only likely is recorded, and nothing more.
  - use: injection
    on: [prompt]
    sensitivity: low
  - use: injection
    name: injection-watch
    on: [prompt]
    action: flag

  # Personal data: stand-ins go to the model, and come back as what they stood for (docs/pseudonyms.md).
  # - use: pii
  #   on: [prompt]
  #   action: pseudonymise

  # Words and patterns of your own:
  # - use: patterns
  #   name: project-names
  #   action: mask
  #   patterns:
  #     - { id: codename, words: [project falcon, project heron] }
  #     - { id: ticket, match: "TICKET-[0-9]{4,6}" }

# Content that no guard can read is refused unless it is named here, and recorded as not inspected.
# media:
#   allow: [image/png, image/jpeg]
`;
