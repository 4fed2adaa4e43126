/** Videos of YouTube that the page around the player plays itself, if it may; otherwise they are links. */

type Play = (id: string) => void;

let play: Play | null = null;

/** Sets what plays videos; null if the page around the player plays none. */
export function playVideosBy(by: Play | null): void {
    play = by;
}

/** What plays videos now. */
export function videoPlayer(): Play | null {
    return play;
}
