import { Refusal, type RefusalCode } from '../base/refusal.ts';

/** Throws a refusal that names the place and not what stands there. */
export type Fault = (hint: string) => never;

/** Refusals of what stands at one place: `request_invalid` for a client's, `upstream_invalid` for a server's. */
export const fault =
  (code: RefusalCode, field: string): Fault =>
  (hint) => {
    throw new Refusal(code, { hint: `${field} ${hint}.`, field });
  };
