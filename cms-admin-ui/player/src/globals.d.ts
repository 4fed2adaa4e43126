/** Names the packages that the player was built from. */
declare const __BUILD__: string;
