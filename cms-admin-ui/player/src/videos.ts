/** Videos of YouTube that the page around the player plays by itself, where it may; elsewhere they are links. */

type Play = (id: string) => void;

let play: Play | null = null;

/** Says what plays a video; null where the page around the player plays none. */
export function playVideosBy(by: Play | null): void {
    play = by;
}

/** What plays videos now. */
export function videoPlayer(): Play | null {
    return play;
}
