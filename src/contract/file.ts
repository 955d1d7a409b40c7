// Files, as what is sent.

/** A path, a descriptor, or anything that has one, such as a FileHandle of `node:fs/promises`. */
export type FileSource = string | number | { readonly fd: number };

/** Which part of a file. */
export interface FilePart {
  /** Where the part begins, in bytes. Absent: a path at its beginning, a descriptor at its own position, which then moves on by what was sent. */
  offset?: number;
  /** How many bytes, unless the file ends before. Absent: to the end of the file, wherever that is by then. */
  length?: number;
}
