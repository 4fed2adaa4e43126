/** What a group that is checked by itself needs from the page around the player, handed down to wherever the group is. */
import type {PerseusRenderer} from "@khanacademy/perseus-core";
import {createContext} from "react";
import type {Fields, Media, Score} from "../protocol";

/** The place of a group: the section of an article that holds it, and the names of the widgets on the way to it. */
export interface Where {
    section: string | null;
    part: string;
}

/** A score with the pictures in its message. */
export interface Checked {
    score: Score;
    media: Media;
}

export interface Asking {
    /** Null if the page checks nothing; then there is no button either. */
    check: ((where: Where, userInput: Fields) => Promise<Checked>) | null;
    /** Null if the page gives no hints. */
    hint: ((where: Where) => Promise<PerseusRenderer | null>) | null;
    locale: string;
    seed: number;
}

export const AskingContext = createContext<Asking>({check: null, hint: null, locale: "en", seed: 0});

/** The section around, and the groups around, from the outermost. */
export const PlaceContext = createContext<{section: string | null; path: string[]}>({section: null, path: []});
