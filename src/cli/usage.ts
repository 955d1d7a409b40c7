// Owns what it means that a command line means nothing. It must not know how the words are read.

/** The command line does not mean anything. */
export class UsageError extends Error {}
