// Owns the list of what the faces use of UDP: one import, as in ../tls/tls.ts and for its reason.

export { ConnectUdp } from './connect.js';
export { join, leave } from './membership.js';
export { checkMetaNames } from './meta.js';
export { OpenUdp, type UdpPlan } from './open.js';
export * from './traffic.js';
