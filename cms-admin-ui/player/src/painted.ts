/** Calls when what was drawn is on the screen. */

/** A frame that is out of sight is never painted, and must not wait for ever. */
const PATIENCE_MS = 400;

/** Calls once, after the next frame has been painted. */
export function whenPainted(then: () => void): void {
    let isDone = false;
    const once = () => {
        if (!isDone) {
            isDone = true;
            then();
        }
    };
    requestAnimationFrame(() => {
        // Messages are handled after the frame to which the callback belongs.
        const {port1, port2} = new MessageChannel();
        port1.onmessage = once;
        port2.postMessage(null);
    });
    setTimeout(once, PATIENCE_MS);
}
