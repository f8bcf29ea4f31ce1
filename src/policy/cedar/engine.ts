import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

/**
 * What is used of the Cedar engine. It is given to whoever reads a policy: loading it takes time and memory that not all
 * need.
 */
export type Engine = Pick<
  typeof Cedar,
  | 'checkParsePolicySet'
  | 'isAuthorized'
  | 'policySetTextToParts'
  | 'policyToJson'
  | 'policyToText'
  | 'preparsePolicySet'
  | 'statefulIsAuthorized'
  | 'validate'
>;
