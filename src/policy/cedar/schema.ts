import { ACTIONS, type Action } from '../../exchange/exchange.ts';
import { groupsOf, kindOf } from '../actions.ts';

/** The groups that actions are in. */
export const GROUPS: readonly string[] = [...new Set(ACTIONS.flatMap(groupsOf))];

const quoted = (name: string): string => JSON.stringify(name);

const declare = (action: Action): string => {
  const groups = groupsOf(action).map(quoted).join(', ');
  const within = groups === '' ? '' : ` in [${groups}]`;
  const to = `{ principal: Caller, resource: ${kindOf(action)}, context: Circumstances }`;
  return `action ${quoted(action)}${within} appliesTo ${to};`;
};

/**
 * The vocabulary of policies, as a Cedar schema (https://docs.cedarpolicy.com/schema/human-readable-schema.html). All of
 * the circumstances are always there, `purpose` apart.
 */
export const CEDAR_SCHEMA = `entity Role;
entity Team;
entity Caller in [Role, Team] {
  name: String,
  owner: String,
  team: String,
  purposes: Set<String>,
  consents: Set<String>,
} tags String;
entity Model { name: String };
entity Tool { name: String };
entity Route { name: String };
entity Admin { team?: String, owner?: String };

type Moment = { date: String, hour: Long, minute: Long, weekday: Long };
type Spend = { tokens_today: Long, tokens_this_month: Long, cents_today: Long, cents_this_month: Long };
type Circumstances = {
  now: datetime,
  utc: Moment,
  local: Moment,
  peer: ipaddr,
  purpose?: String,
  consent: Set<String>,
  subject: Bool,
  spend: Spend,
};

${GROUPS.map((group) => `action ${quoted(group)};`).join('\n')}
${ACTIONS.map(declare).join('\n')}
`;
