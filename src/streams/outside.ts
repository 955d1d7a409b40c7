// Owns how a listener is called from a promise: what it throws is an uncaught exception, as with every other emitter, and not a
// rejection of a promise that nobody has.

export function outside(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
