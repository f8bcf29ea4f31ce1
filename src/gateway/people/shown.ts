import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { recoveryCodesLeft } from '../../factors/recovery.ts';
import { FACTOR_KINDS, type Factor } from '../../store/factors.ts';
import type { SessionView } from '../../store/sessions.ts';
import { orNull, Time, words } from '../admin/parameters.ts';
import { time } from '../admin/time.ts';
import type { Passage } from '../passage.ts';

/** What is shown of people's sessions and factors: to themselves, and to who administers them. Nothing of it is secret. */

export const SessionRow = Type.Object(
  {
    id: Type.String(),
    open: Type.Boolean(),
    factors: Type.Array(Type.String(), { description: 'Those that were shown, in order.' }),
    network: Type.String({ description: 'Empty: this machine.' }),
    created: Time,
    seen: Time,
    expires: Time,
    ended: orNull(Time),
  },
  { $id: 'Session' },
);

/** A person's sessions, newest first. */
export const sessionsOf = ({ gate, house }: Passage, person: string): JsonObject[] =>
  gate.store.sessions.of(person, house.settings.people.idle).map(shownSessionRow);

const shownSessionRow = (session: SessionView & { readonly open: boolean }): JsonObject => ({
  id: session.id,
  open: session.open,
  factors: [...session.factors],
  network: session.network,
  created: time(session.created),
  seen: time(session.seen),
  expires: time(session.expires),
  ended: time(session.ended),
});

export const FactorRow = Type.Object(
  {
    id: Type.String(),
    kind: words(FACTOR_KINDS),
    name: Type.String(),
    created: Time,
    used: orNull(Time),
    left: Type.Optional(Type.Integer({ description: 'Of recovery codes: how many are left.' })),
  },
  { $id: 'Factor' },
);

export const shownFactor = ({ id, kind, name, held, created, used }: Factor): JsonObject => ({
  id,
  kind,
  name,
  created: time(created),
  used: time(used),
  ...(kind === 'recovery' && { left: recoveryCodesLeft(held) }),
});

export const RecoveryCodes = Type.Object({
  recovery_codes: Type.Array(Type.String(), { description: 'Shown this once.' }),
});

/** Ids of sessions that have ended. */
export const Ended = Type.Object({ ended: Type.Array(Type.String()) });
