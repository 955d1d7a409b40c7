// Owns the hash that an HTTP header becomes.

/**
 * A header that was read: its fields by their names in lower case, as lists where they came more than once, and what the first
 * line says. A field with the name of one of those keys is left out, because it could take its place.
 */
export interface HttpHash {
  http_version: string;
  /** Responses. */
  status_code?: number;
  /** Responses, where there is text behind the number. */
  status_message?: string;
  /** Requests. */
  method?: string;
  /** Requests: as it came, nothing is decoded. */
  path?: string;
  [header: string]: string | string[] | number | undefined;
}
