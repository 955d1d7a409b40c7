// Owns which characters may stand where in an HTTP/1 head, for reading and writing alike. It must not know what a head is
// made of. The strings are latin1: one character is one byte.

/** RFC 9110 §5.6.2: methods and names of headers. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
/** RFC 9110 §5.5 with obs-text, and reason phrases (RFC 9112 §4): visible characters, blanks, bytes above 127. */
const TEXT = /^[\t\x20-\x7e\x80-\xff]*$/;
/** RFC 9112 §3.2: origin-form, absolute-form and asterisk-form; all of it is visible ASCII. */
const TARGET = /^(?:\/[\x21-\x7e]*|[A-Za-z][A-Za-z\d+.-]*:\/\/[\x21-\x7e]+|\*)$/;
/** RFC 9112 §3.2.3: authority-form, visible ASCII without what begins another part of a URI: # / ? @. */
const AUTHORITY = /^[!"$-.0->A-~]+:\d+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function isText(text: string): boolean {
  return TEXT.test(text);
}

/** Whether a request with this method may have this target. */
export function isTarget(method: string, target: string): boolean {
  return (method === 'CONNECT' ? AUTHORITY : TARGET).test(target);
}

/** The versions that there are of HTTP/1. */
export function isVersion(text: string): boolean {
  return text === '1.1' || text === '1.0';
}

/** The text from `start` on without the blanks around it. String.trim would take bytes above 127 as well. */
export function trimmed(text: string, start = 0): string {
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** RFC 9110 §5.6.3: space and tab. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
