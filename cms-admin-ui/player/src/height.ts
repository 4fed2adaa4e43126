/** The height of the content, so that the frame around it needs no scroll bar. */

/**
 * Room below the content while a list, a keypad or a definition is open, in CSS pixels. Anything that opens is fitted
 * into the frame; in a frame as short as its question it would open out of sight, or as a narrow strip.
 */
const ROOM = 360;

/** Calls with the height whenever it changes, including the room for anything that is open. */
export function watchHeight(place: HTMLElement, then: (height: number) => void): void {
    let told = -1;
    const measure = () => {
        const open = openParts();
        const bottoms = [place, ...open].map((part) => part.getBoundingClientRect().bottom + scrollY);
        const room = isAnythingOpen() ? (bottoms[0] ?? 0) + ROOM : 0;
        const height = Math.ceil(Math.max(room, ...bottoms));
        if (height !== told) {
            told = height;
            then(height);
        }
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(place);
    new MutationObserver(() => {
        // Anything that opens gets its place only after it is made.
        requestAnimationFrame(() => requestAnimationFrame(measure));
    }).observe(document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ["style"]});
    addEventListener("load", measure);
}

/** Wonder Blocks puts what opens next to the page's own content. What fills the window has no height of its own. */
function openParts(): Element[] {
    return [...document.body.children].filter((part) => part.id !== "root").flatMap((part) =>
        [part, ...part.children].filter((inner) => inner.clientHeight > 0 && getComputedStyle(inner).position !== "fixed"));
}

/** Whether something is open next to its opener. A tooltip that only shows a name may hide a little. */
function isAnythingOpen(): boolean {
    return [...document.querySelectorAll("[data-placement], [data-popper-placement]")].some((part) =>
        part.getBoundingClientRect().height > 0 && !part.matches("[role=tooltip]") && part.querySelector("[role=tooltip]") === null);
}
