// Owns the list of what the faces use of TLS. One file, because Node 20 opens all that a module imports at once: with
// fewer imports in one place the library also loads where descriptors are scarce (ulimit -n 64).

export { setTlsDefaults } from './defaults.js';
export { addTls, Handshake } from './handshake.js';
export { isTls } from './is-tls.js';
export { clientPlan, serverPlan, updateServerPlan } from './plan.js';
export type { SessionPlan } from './session-plan.js';
export { checkStart, startTls, type Buffered } from './start.js';
export { StopTls } from './stop.js';
