/** A link in a text. Where it leads is told to the page around the player; see `main.tsx`. */
import type {AnchorHTMLAttributes, PropsWithChildren} from "react";

export function Link({href, title, children}: PropsWithChildren<AnchorHTMLAttributes<HTMLAnchorElement>>) {
    const isWeb = typeof href === "string" && /^https?:\/\//i.test(href);
    return isWeb ? (
        <a href={href} title={title} rel="noreferrer noopener">
            {children}
        </a>
    ) : (
        <span title={title}>{children}</span>
    );
}
