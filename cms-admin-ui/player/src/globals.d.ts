/** Names the packages that the player was built from. */
declare const __BUILD__: string;

/** Shared with the server, which delivers cards as they lie at first; see there. */
declare module "*/opening.js" {
    export function openingOf<Options>(type: string, options: Options): Options;
    export function opened<Renderer>(shown: Renderer, whole: Renderer): Renderer;
}
