// Owns the moment at which functions of the program hear of events: never in the middle of a step of an operation, where
// they could disturb what is half done. In the promise colour that is the end of the turn, and before whoever awaits
// the operation goes on. The blocking loop has none of these, and delivers between its steps.

/** There are events that nobody has been told of. */
export let undelivered = false;
let outbox: (() => void)[] = [];
let delivering = false;

export function post(call: () => void): void {
  outbox.push(call);
  if (undelivered) return;
  undelivered = true;
  queueMicrotask(deliver);
}

/** Calls everybody, in order, those too that are added meanwhile. Nothing when it is called by one of them. */
export function deliver(): void {
  if (delivering) return;
  delivering = true;
  for (let i = 0; i < outbox.length; i++) {
    try {
      outbox[i]!();
    } catch (error) {
      // It is no failure of the operation it was told about. As for an exception in a timer, the program is told in a turn of its own.
      process.nextTick(() => {
        throw error;
      });
    }
  }
  outbox = [];
  undelivered = false;
  delivering = false;
}
