import { parseAddress } from '../base/addresses.ts';
import { isLoopback } from './loopback.ts';

/** A model server to write into new settings. */
export interface FoundUpstream {
  readonly name: string;
  readonly dialect: string;
  readonly url: string;
  /** Environment variable that holds its key; the settings name it, they never hold the key. */
  readonly keyVariable?: string;
  readonly models: readonly string[];
}

/**
 * The `gatehouse.yaml` that a first start writes: the servers that were found, or the practice model where there are
 * none, and what else can be set as comments.
 */
export function defaultSettings(upstreams: readonly FoundUpstream[], ledgerOrigin?: string): string {
  const servers = upstreams.length === 0 ? PRACTICE : upstreams.map(writeUpstream).join('\n');
  const origin =
    ledgerOrigin === undefined ? '  # origin: example.com/gatehouse' : `  origin: ${ledgerOrigin}`;
  return `# Settings of Gatehouse. Every setting is explained in docs/configuration.md.
# Check them with:  gatehouse config check
# \${NAME} is filled in from the environment; { file: PATH } reads a secret from a file.

listen:
  # This machine only. For others, set TLS, or behind_proxy if a proxy in front ends TLS.
  address: 127.0.0.1
  port: 8642
  # tls: { cert: ./cert.pem, key: ./key.pem }
  # behind_proxy: true
  # trusted_proxies: [10.0.0.4]            # believed whom they ask for (X-Forwarded-For)
  # hosts: [gate.example.com]              # names under which clients reach the gateway
  # origins: ["https://app.example.com"]   # web pages that may call it

# Keys, callers and the ledger. Keep this folder: the ledger is the proof.
data: ./gatehouse-data

# Who may do what, how much, and what is looked for.
policy: ./policy.yaml

# The model servers behind the gateway. A model name leads to exactly one of them.
upstreams:
${servers}
  # A server that speaks the OpenAI API (vLLM, Ollama, llama.cpp…):
  # local:
  #   dialect: openai
  #   url: http://127.0.0.1:8000/v1
  #   models: ["llama-*", { name: fast, as: qwen3-4b }]

# Who is asking, besides keys of Gatehouse's own: docs/identity.md
# identity:
#   issuers:
#     corp:
#       issuer: https://login.example.com
#       audience: gatehouse
#       claims: { name: email, roles: groups }
#       roles: { ai-users: app }

# Bounds on everything that comes from outside. These are the defaults.
# limits:
#   body: 10MB            # longest request
#   requests: 1000        # in work at the same time
#   client_idle: 60s      # a client that does not take its answer is cut off
#   drain: 30s            # at stop, open streams have this long to finish

ledger:
${origin}
  segment: 64MB

log:
  level: info    # debug, info, warn or error
  format: auto   # text on a terminal, JSON elsewhere
`;
}

const PRACTICE = `  # The practice model: built in, a simulation, weak on purpose. Replace it with a real server:
  # openai:
  #   dialect: openai
  #   url: https://api.openai.com/v1
  #   key: \${OPENAI_API_KEY}
  #   models: ["gpt-*"]
  practice:
    practice: true
    dialect: openai
    models: [practice]
  # The same, for clients of the Anthropic API.
  practice-claude:
    practice: true
    dialect: anthropic
    models: [practice-claude]
`;

function writeUpstream({ name, dialect, url, keyVariable, models }: FoundUpstream): string {
  const parsed = URL.parse(url);
  const clear = parsed !== null && parsed.protocol === 'http:' && !isLoopback(parsed.hostname);
  const lines = [
    `  ${name}:`,
    `    dialect: ${dialect}`,
    `    url: ${JSON.stringify(url)}`,
    ...(clear
      ? ['    insecure_http: true   # keys and prompts cross the network in clear; use https:// if you can']
      : []),
    // Whoever speaks to another machine in clear has it on a network of their own.
    ...(clear && parseAddress(parsed.hostname) === undefined
      ? ['    reach: private   # its name may mean an address of your own networks']
      : []),
    ...(keyVariable === undefined ? [] : [`    key: \${${keyVariable}}`]),
    `    models: ${JSON.stringify(models)}`,
  ];
  return `${lines.join('\n')}\n`;
}
