/** The packages that the player was built from, as one name. */
declare const __BUILD__: string;

/** Shared with the server, which makes the widgets of an old answer area a part of the question; see that file. */
declare module "*/answer-area.js" {
    export function withAnswerArea<Item>(item: Item, isWidget: (type: string) => boolean): Item;
}

/** Shared with the server, which delivers cards in their opening order; see that file. */
declare module "*/opening.js" {
    export function openingOf<Options>(type: string, options: Options): Options;
    export function opened<Renderer>(shown: Renderer, whole: Renderer): Renderer;
}
