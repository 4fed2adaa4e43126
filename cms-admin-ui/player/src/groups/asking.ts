/** What a group that is checked by itself needs of the page around the player, handed down to wherever it stands. */
import type {PerseusRenderer} from "@khanacademy/perseus-core";
import {createContext} from "react";
import type {Fields, Media, Score} from "../protocol";

/** Names a group: the section of an article that it stands in, and the way to it by names of widgets. */
export interface Where {
    section: string | null;
    part: string;
}

/** A score with the pictures of its message. */
export interface Checked {
    score: Score;
    media: Media;
}

export interface Asking {
    /** Null where the page checks nothing: then there is no button either. */
    check: ((where: Where, userInput: Fields) => Promise<Checked>) | null;
    /** Null where the page gives no hints. */
    hint: ((where: Where) => Promise<PerseusRenderer | null>) | null;
    locale: string;
    seed: number;
}

export const AskingContext = createContext<Asking>({check: null, hint: null, locale: "en", seed: 0});

/** The section that is shown around, and the groups, from the outermost. */
export const PlaceContext = createContext<{section: string | null; path: string[]}>({section: null, path: []});
