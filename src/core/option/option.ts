// Owns the list of what the faces use of options: one import, as in ../tls/tls.ts and for its reason.

export { getBytes, getInt, setBytes, setInt } from './access.js';
export { getKeepAlive, setKeepAlive } from './keep-alive.js';
export { getLinger, setLinger } from './linger.js';
export { peerCredentials } from './peer-cred.js';
export { checkSettings } from './settings.js';
export { options } from './table.js';
export { tcpInfo } from './tcp-info.js';
export { setLimit } from './timeouts.js';
export { getOption, setOption } from './typed.js';
