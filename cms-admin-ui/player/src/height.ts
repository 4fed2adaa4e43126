/** How tall the content is, so that the frame around it needs no bar for scrolling. */

/**
 * Room below the content while a list, a keypad or a definition is open, in CSS pixels. What opens is fitted into the frame:
 * in one that is as short as its question it would open out of sight, or be a strip of itself.
 */
const ROOM = 360;

/** Calls with the height whenever it changes; what opens has its room. */
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
        // What opens is placed after it is made.
        requestAnimationFrame(() => requestAnimationFrame(measure));
    }).observe(document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ["style"]});
    addEventListener("load", measure);
}

/** Wonder Blocks puts what opens beside the page's own content; what fills the window has no height of its own. */
function openParts(): Element[] {
    return [...document.body.children].filter((part) => part.id !== "root").flatMap((part) =>
        [part, ...part.children].filter((inner) => inner.clientHeight > 0 && getComputedStyle(inner).position !== "fixed"));
}

/** Whether something stands beside what opened it; what only tells a name may hide a little. */
function isAnythingOpen(): boolean {
    return [...document.querySelectorAll("[data-placement], [data-popper-placement]")].some((part) =>
        part.getBoundingClientRect().height > 0 && !part.matches("[role=tooltip]") && part.querySelector("[role=tooltip]") === null);
}
