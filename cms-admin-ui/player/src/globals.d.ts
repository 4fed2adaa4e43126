/** Names the packages that the player was built from. */
declare const __BUILD__: string;

/** Shared with the server, which makes the widgets of an old answer area a part of the question; see there. */
declare module "*/answer-area.js" {
    export function withAnswerArea<Item>(item: Item, isWidget: (type: string) => boolean): Item;
}

/** Shared with the server, which delivers cards as they lie at first; see there. */
declare module "*/opening.js" {
    export function openingOf<Options>(type: string, options: Options): Options;
    export function opened<Renderer>(shown: Renderer, whole: Renderer): Renderer;
}
