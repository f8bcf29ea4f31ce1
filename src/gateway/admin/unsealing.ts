import { mayDo } from '../authorize.ts';
import type { AdminCall } from './endpoint.ts';

/** Whether whoever asks may read what is sealed of a team. */
export const mayUnseal = (call: AdminCall, team: string): boolean =>
  mayDo(call, call.asker, 'content.read', { kind: 'Admin', id: 'content', team });
