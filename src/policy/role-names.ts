import { rolesIn } from './cedar/rule.ts';
import type { Policy } from './policy.ts';

/** Every role that there is: those of `policy.yaml`, and those that a Cedar document names. */
export const roleNames = ({ roles, documents }: Policy): string[] => [
  ...new Set([...roles.keys(), ...(documents === undefined ? [] : rolesIn(documents.mentions))]),
];
