import Type, { type Static } from 'typebox';
import { closed, oneOf } from './fields.ts';
import type { SettingsReader } from './reader.ts';

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

/** What is done about alerts, and with which playbooks. */
export interface IncidentSettings {
  /** Alerts of this level or worse open an incident. */
  readonly open_at: (typeof LEVELS)[number] | 'never';
  /** Steps that a playbook marks automatic are done when an alert opens an incident. */
  readonly automatic: boolean;
  /** Own playbooks, as they are written. */
  readonly playbooks: readonly { readonly file: string; readonly text: string }[];
}

/** `incidents:` of `gatehouse.yaml`. */
export const IncidentsSchema = Type.Object(
  {
    open_at: Type.Optional(
      oneOf([...LEVELS, 'never'], 'Alerts of this level or worse open an incident. Default: high.'),
    ),
    automatic: Type.Optional(
      Type.Boolean({
        description:
          'Steps that a playbook marks automatic are done when an alert opens an incident. Default: false.',
      }),
    ),
    playbooks: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        maxItems: 100,
        description: 'Files with playbooks of your own; they are looked at before those that ship.',
      }),
    ),
  },
  { ...closed, description: 'What is done about alerts.' },
);

export const readIncidents = (
  read: SettingsReader,
  { open_at = 'high', automatic = false, playbooks = [] }: Static<typeof IncidentsSchema> = {},
): IncidentSettings => ({
  open_at,
  automatic,
  playbooks: playbooks.map((file, index) => ({
    file,
    text: read.file(['incidents', 'playbooks', index], file),
  })),
});
