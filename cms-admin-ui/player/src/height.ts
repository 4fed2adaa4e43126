/** How tall the content is, so that the frame around it needs no bar for scrolling. */

/** Calls with the height whenever it changes; lists and keypads that open below the content count. */
export function watchHeight(place: HTMLElement, then: (height: number) => void): void {
    let told = -1;
    const measure = () => {
        const bottoms = [place, ...openParts()].map((part) => part.getBoundingClientRect().bottom + scrollY);
        const height = Math.ceil(Math.max(...bottoms));
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
