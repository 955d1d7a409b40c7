// Owns the words on what a TARGET may be. It must not know how one is read.

export const targets =
  'TARGET is HOST:PORT, [IPV6]:PORT, :PORT, unix:PATH, /PATH, unix:@NAME or fd:N. A D has its unit: 500ms, 1.5s, 2m, 1h.';
