/** The ways in which callers can be known; a request is identified by the first that claims it. */
export { identify } from './key.ts';
