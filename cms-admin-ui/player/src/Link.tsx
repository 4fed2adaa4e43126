/**
 * A link in a text. The page around the player is told where it leads; a link that leads nowhere is text. See
 * `links.ts`.
 */
import type {AnchorHTMLAttributes, PropsWithChildren} from "react";
import {isFollowed} from "./links";

export function Link({href, title, children}: PropsWithChildren<AnchorHTMLAttributes<HTMLAnchorElement>>) {
    return isFollowed(href) ? (
        <a href={href} title={title} rel="noreferrer noopener">
            {children}
        </a>
    ) : (
        <span title={title}>{children}</span>
    );
}
