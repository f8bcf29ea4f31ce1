import type { Case } from './case.ts';

/** A failure of another gateway that became public, and why it is none here. */
export interface Failure {
  /** Its advisory, issue or pull request. */
  readonly id: string;
  readonly failed: string;
  readonly holds: string;
  /** What the theme, name or origin of its cases says, where that is not the id. */
  readonly says?: RegExp;
}

const ONE_PATH = 'every request goes one way, whatever its path: identify, authorize, inspect, forward';
const SHAPES =
  'every field is read by the shape of its API; one that the shape does not name is read as text';
const STREAMS = 'streams are held back as far as a guard may still change its mind';
const LISTED = 'only what is listed is answered; no request names a server, a program or a file';
const WHOLE = 'a credential is looked up and compared whole, as a keyed hash, at each request';
const SETTLED = 'reserved before a byte leaves, settled by what was used';
const TENANT = 'who asks is the first part of the key, and only the very same request is the same';
const PORTKEY = 'Portkey gateway 1.15.2';

export const FAILURES: readonly Failure[] = [
  {
    id: 'CVE-2026-42208',
    failed: 'LiteLLM (GHSA-r75f-5x8p-qvmc): SQL in the bearer key, before anybody was identified',
    holds: 'a key has one form, and its id is a parameter of a prepared statement',
  },
  {
    id: 'CVE-2026-49468',
    failed: 'LiteLLM (GHSA-4xpc-pv4p-pm3w): the Host header led round the credential',
    holds: 'the path is what stands in the request line; Host is checked, and decides nothing else',
  },
  {
    id: 'CVE-2026-35030',
    failed: 'LiteLLM: identities were cached by the first 20 characters of a token',
    holds: 'verified tokens are remembered by the hash of the whole; keys are compared whole',
  },
  {
    id: 'CVE-2026-35029',
    failed: 'LiteLLM: /config/update asked for no role',
    holds: 'every administrative endpoint has an action, and nobody may what no role permits',
  },
  {
    id: 'GHSA-wpfp-gwwc-vwq6',
    failed: 'LiteLLM: users set their own role',
    holds: 'nobody hands out more than they have, to themselves or others',
  },
  {
    id: 'GHSA-69x8',
    failed: 'LiteLLM: unsalted hashes of keys, and the hash passed for the key',
    holds: 'hashes are keyed with a secret that is not in the database, and no hash is a key',
  },
  {
    id: 'CVE-2026-30623',
    failed: 'LiteLLM: an MCP configuration in a request started a program',
    holds: LISTED,
  },
  {
    id: 'CVE-2026-42271',
    failed: 'LiteLLM: the same by the endpoints that test a connection',
    holds: LISTED,
  },
  {
    id: 'CVE-2026-12795',
    failed: 'LiteLLM (#35541): functions without a credential',
    holds: 'who asks is found out before the path is looked at',
  },
  {
    id: 'CVE-2026-12772',
    failed: 'LiteLLM (#35541, with CVE-2026-12796): sessions that outlive their end',
    holds: 'keys and sessions that have ended are refused by the next request, in every process',
  },
  {
    id: 'BerriAI/litellm, guardrail logging exposure',
    failed: 'keys and refused texts in logs, by way of what a guard reports',
    holds: 'verdicts hold rules and places, never text; the whole log and ledger of the suite are searched',
  },
  {
    id: 'BerriAI/litellm#35257',
    failed: 'guards on replies were skipped on streams, and logged as a success',
    holds: `${STREAMS}; the ledger says ran, skipped or failed, guard by guard`,
  },
  {
    id: 'BerriAI/litellm#35260',
    failed: 'guards did not run on Anthropic Messages',
    holds: SHAPES,
  },
  {
    id: 'BerriAI/litellm PR 38721',
    failed: 'fail-open list: streams of completions, all choices but the first',
    holds: 'each choice is a text of its own, up to the number that was asked for',
  },
  { id: 'BerriAI/litellm#14152', failed: 'guards did not run on Responses', holds: SHAPES },
  { id: 'BerriAI/litellm#14612', failed: 'results of tools were not read', holds: SHAPES },
  {
    id: 'BerriAI/litellm#33944',
    failed: 'metadata of the client switched off guards that are on by default',
    holds: 'which guards run is in the policy alone',
  },
  {
    id: 'BerriAI/litellm#18261',
    failed: 'a blocked prompt was sent and billed all the same',
    holds: 'to forward takes the proof of the inspection',
  },
  {
    id: 'BerriAI/litellm#34280',
    failed: 'settings were passed over in silence',
    holds: 'an unknown name is an error, and then nothing takes effect',
  },
  {
    id: 'BerriAI/litellm#31950',
    failed:
      'masks in streams and tools (with #14516, PR 23037, PR 24291, PR 28316, PR 19950): missing, twice or garbled',
    holds: 'one guard after the other, each on what the one before let through; nothing is put back',
    says: /^text (?:in|across).* secret(?: |$)/,
  },
  { id: 'BerriAI/litellm#26672', failed: 'budgets that are gone round', holds: SETTLED },
  { id: 'BerriAI/litellm#27381', failed: 'budgets that are gone round', holds: SETTLED, says: /#27381/ },
  { id: 'BerriAI/litellm#34732', failed: 'more keys, more budget', holds: SETTLED, says: /#34732/ },
  { id: 'BerriAI/litellm#11083', failed: 'budgets that are gone round', holds: SETTLED },
  {
    id: 'langwatch/tasks#772',
    failed: 'limits that are accepted and not enforced',
    holds: SETTLED,
    says: /langwatch/,
  },
  {
    id: 'agentgateway, virtual keys',
    failed: 'the limit of a key was one for the whole gateway',
    holds: 'limits count whom they name, whichever key is used',
  },
  {
    id: `${PORTKEY}: 1`,
    failed: 'the refusal repeated the text that was found',
    holds: 'a refusal has a code and an id',
    says: /refusal repeats|errors repeat/,
  },
  {
    id: `${PORTKEY}: 2`,
    failed: 'guards on replies were not enforced on streams',
    holds: STREAMS,
    says: /not enforced on streams/,
  },
  {
    id: `${PORTKEY}: 3, 7`,
    failed: 'no guard ran on Responses',
    holds: SHAPES,
    says: /guards do not run on \/v1\/responses/,
  },
  {
    id: `${PORTKEY}: 5`,
    failed: 'only the last message was read',
    holds: SHAPES,
    says: /only the last message/,
  },
  {
    id: `${PORTKEY}: 6`,
    failed: 'results of tools were not read',
    holds: SHAPES,
    says: /tool results are not/,
  },
  {
    id: `${PORTKEY}: 9`,
    failed: 'a guard that threw let everything through',
    holds: 'a guard that throws, hangs or lies blocks, unless the policy says otherwise by its name',
    says: /a guard that throws/,
  },
  {
    id: `${PORTKEY}: 10`,
    failed: 'no credential was asked for',
    holds: WHOLE,
    says: /no credential of the gateway|^credentials/,
  },
  {
    id: 'Portkey CVE-2025-66405',
    failed: 'SSRF by the server that a request names',
    holds:
      'servers are in the settings; addresses are checked when a connection is made; no redirect is followed',
  },
  {
    id: 'Portkey #1718',
    failed: '/v1/proxy/* went round the check of the host',
    holds: ONE_PATH,
  },
  {
    id: 'Portkey #1596',
    failed: 'addresses in other notations',
    holds: 'four decimal numbers or an IPv6 address; what carries an IPv4 address is judged by it',
  },
  {
    id: `${PORTKEY}: custom host`,
    failed: 'the request names the server that is asked',
    holds: LISTED,
    says: /the request names the server/,
  },
  {
    id: `${PORTKEY}: cache`,
    failed: 'kept by body and address alone',
    holds: TENANT,
    says: /cached by body/,
  },
  { id: 'wso2/api-platform#733', failed: 'no tenant in the key of the cache', holds: TENANT },
  { id: 'diegosouzapw/OmniRoute#3740', failed: 'no tenant in the key of the cache', holds: TENANT },
  { id: 'maximhq/bifrost PR 5769', failed: 'a semantic cache crossed tenants', holds: TENANT },
  {
    id: 'vllm-project/semantic-router#1448',
    failed: 'an answer to a question that is only like it (with #2134)',
    holds: TENANT,
  },
  {
    id: 'maximhq/bifrost PR 4365',
    failed: 'any key that began with sk-bf- passed',
    holds: WHOLE,
    says: /Bifrost PR 4365/,
  },
  {
    id: 'agentgateway#2956',
    failed: 'masks on replies never worked on streams',
    holds: STREAMS,
  },
  {
    id: 'agentgateway#3603',
    failed: 'streams with a guard on replies were dropped; text after the end',
    holds: 'nothing follows the end of a stream, and every harmless twin arrives',
  },
  {
    id: 'AISIX #544',
    failed: 'the streaming hole closed four times (#204, #222, #512, #544), surface by surface',
    holds: 'one reader for each API, and this matrix over all of them',
    says: /AISIX/,
  },
  {
    id: 'NeMo Guardrails “stream_first”',
    failed: 'the client had the text before the rail ran',
    holds: STREAMS,
  },
  {
    id: 'NVIDIA-NeMo/Guardrails#1485',
    failed: 'another way to ask skipped the input rails',
    holds: ONE_PATH,
  },
  {
    id: 'guardrails-ai/guardrails#1233',
    failed: 'no end to the time of a guard',
    holds: 'each guard has a budget of time, and one that overstays it has failed',
  },
  {
    id: 'Kong AI Prompt Guard',
    failed: 'only messages of the role user were read',
    holds: SHAPES,
  },
  {
    id: 'Hmbown/Codewhale#5157',
    failed: 'a deny filter only hid from the list',
    holds: 'what may not be used is refused when it is used; lists only show the same answer',
  },
  {
    id: 'CVE-2025-66414',
    failed: 'MCP SDK: DNS rebinding against a server on this machine',
    holds: 'on loopback, only its own names are answered',
  },
  {
    id: 'kserve#760',
    failed:
      'KServe, Knative, ODH (with kserve#1624, architecture-context PR 73): no authentication by default',
    holds: LISTED,
    says: /kserve#1624/,
  },
  {
    id: 'projectdiscovery/nuclei-templates PR 17270',
    failed: 'Triton: the repository API is open, and models are loaded by request (tsunami #433)',
    holds: LISTED,
  },
  {
    id: 'CVE-2023-31036',
    failed: 'Triton: a path in the request to load a model (with CVE-2024-0087, a path to log to)',
    holds: LISTED,
  },
  {
    id: 'CVE-2025-23319',
    failed: 'Triton (with CVE-2025-23320, CVE-2025-23334): regions of shared memory named by a client',
    holds:
      'parameters are listed; sizes are compared with the bytes that are there before anything is made of them',
  },
  {
    id: 'CVE-2025-27520',
    failed: 'BentoML (with CVE-2025-32375): bodies were unpickled',
    holds: 'a body is JSON, or JSON with plain tensors behind it: nothing in it can run',
  },
  {
    id: 'CVE-2025-54381',
    failed: 'BentoML: files were fetched from an address in the request',
    holds: 'no redirect is followed, and nothing is fetched for a request',
  },
  {
    id: 'LiteLLM drop_params',
    failed: 'a field was lost on the way to a provider that has none like it',
    holds: 'what changes the answer is carried or refused by name; guards read what each side reads',
  },
  {
    id: 'CVE-2025-6242',
    failed: 'vLLM: SSRF through addresses of pictures',
    holds: 'addresses of media are content that nobody can read, refused unless the policy allows them',
  },
  {
    id: 'CVE-2019-10744',
    failed: 'lodash: __proto__ as a key',
    holds: 'keys are data: objects are built by definition, never by assignment',
  },
  {
    id: 'CVE-2015-9235',
    failed: 'a public key taken for an HMAC secret',
    holds: 'algorithms are those of the settings, none with a shared secret',
  },
  {
    id: 'CVE-2018-0114',
    failed: 'the token brought its own key',
    holds: 'keys come from the issuer of the settings; the token only says which of them',
  },
  {
    id: 'CVE-2021-42574',
    failed: 'text in another order than it is shown',
    holds: 'characters that change the order are blocked by `bounds`',
  },
];

/** The failures that each case stands for. */
export function failuresOf({ theme, id, origin }: Case): readonly Failure[] {
  const told = `${id.startsWith(theme) ? '' : `${theme} / `}${id} | ${origin}`;
  return FAILURES.filter((one) => (one.says === undefined ? told.includes(one.id) : one.says.test(told)));
}

/** The name under which a case is told: its own, and what it stands for. */
export function nameOf(one: Case): string {
  const ids = failuresOf(one).map(({ id }) => id);
  return ids.length === 0 ? one.id : `${one.id} [${ids.join(', ')}]`;
}

/** Listed beside the others, and no way round a gateway: where it is looked at instead. */
export const ELSEWHERE: readonly (readonly [string, string])[] = [
  [
    'Memory, deadlocks, restarts (BerriAI/litellm#12685, #27954, #38193, #18708)',
    '`test/faults`, the soak test',
  ],
  [
    'Accuracy of guards (protectai/llm-guard#107, #263; Presidio #1063; PurpleLlama #114)',
    'each guard’s own proof: what it must catch, and what not',
  ],
  ['Administration over several processes', '`test/workers.test.ts`'],
  ['Trojaned releases (BerriAI/litellm#24512)', 'few dependencies, each with a page of reasons'],
  [
    'Pins for definitions of tools (agentic-community/mcp-gateway-registry#677)',
    'not there; definitions are read by the guards in every request',
  ],
  ['No prompt guard at all (envoyproxy/ai-gateway#1409)', 'the guards are the product'],
];
