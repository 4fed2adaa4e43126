/**
 * Links in texts: which of them lead anywhere, and what the page around the player is told when somebody follows one.
 * The frame itself never navigates.
 */

export type Target = "web" | "entry" | "mail";

/** Addresses that a page may open, and an entry's key, `lesson/l1`, optionally with a place in the entry. */
const TARGETS: [Target, RegExp][] = [
    ["web", /^https?:\/\/[^/\s]/i],
    ["mail", /^(?:mailto|tel):\S/i],
    ["entry", /^[a-z][a-z0-9_-]*\/[\w.-]+(?:#[\w.-]+)?$/i],
];

/** Where a link leads; null for a link that leads nowhere and is shown as text. */
export function targetOf(href: unknown): Target | null {
    return typeof href === "string" ? (TARGETS.find(([, pattern]) => pattern.test(href))?.[0] ?? null) : null;
}

let followsEntries = false;

/** Sets whether the page around the player follows links to entries. If not, they are shown as text. */
export function followEntries(follows: boolean): void {
    followsEntries = follows;
}

/** Whether something happens when a link is followed. */
export function isFollowed(href: unknown): href is string {
    const target = targetOf(href);
    return target !== null && (target !== "entry" || followsEntries);
}

/** Calls when a reader follows a link, with a click, a key or the middle button. */
export function watchLinks(then: (href: string, inNewWindow: boolean) => void): void {
    const follow = (event: MouseEvent) => {
        const link = (event.target as Element | null)?.closest?.("a[href]");
        if (link && event.button <= 1 && !event.defaultPrevented) {
            event.preventDefault();
            then(link.getAttribute("href") ?? "", event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey);
        }
    };
    document.addEventListener("click", follow);
    document.addEventListener("auxclick", follow);
}
