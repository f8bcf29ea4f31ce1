/** A key is used by whom it was not given to, or somebody tries keys. */
export const STOLEN_KEY = `name: stolen-key
title: A key in other hands
when:
  techniques: ["AML.T0012*", "AML.T0055*", "AML.T0040*"]
roles:
  commander: on-call security, decides and closes
  owner: whoever answers for the caller; makes it a new key
steps:
  - id: look
    text: From which networks did the key come, and since when? Ask its owner which of them are theirs.
  - id: suspend
    text: Switch the caller off.
    do: { action: suspend_caller, automatic: true }
  - id: revoke
    text: End its keys for good, where they are not the owner's alone any more.
    do: { action: revoke_keys }
  - id: cause
    text: Find where the key lay open (a repository, a log, a laptop), and close it.
  - id: back
    text: Make a new key, give it to the owner, and switch the caller on.
checks:
  - { rules: ["credential.*", "sign-in.*"], quiet: 24h }
messages:
  - to: the caller's owner
    text: "{{title}} ({{id}}): the key of your program was used from elsewhere. It is suspended until it has a new one."
`;
