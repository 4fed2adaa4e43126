/** A video of YouTube over the page, until it is closed. It is requested only when the reader wants to see it. */

interface Video {
    id: string;
    /** The video's name, for people who don't see it. */
    name: string;
    /** The words on the button that closes it. */
    close: string;
    locale: string;
}

const COVER = "border:0;padding:0;background:#000;color:#fff;width:min(96vw,72rem);max-height:96vh;border-radius:.5rem;overflow:hidden";
const BUTTON = "display:block;margin-inline-start:auto;padding:.6rem 1rem;border:0;background:transparent;color:inherit;font:600 1rem/1.5 system-ui,sans-serif;cursor:pointer";

/** Shows a video and returns a function that closes it. The focus then returns to where it was. */
export function showVideo({id, name, close, locale}: Video): () => void {
    const query = new URLSearchParams({autoplay: "1", rel: "0", hl: locale, cc_lang_pref: locale});
    const before = document.activeElement;
    const cover = document.createElement("dialog");
    cover.setAttribute("aria-label", name);
    cover.style.cssText = COVER;
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: close});
    button.style.cssText = BUTTON;
    const frame = document.createElement("iframe");
    frame.src = `https://www.youtube-nocookie.com/embed/${id}?${query}`;
    frame.title = name;
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin";
    frame.style.cssText = "display:block;width:100%;aspect-ratio:16/9;border:0";
    button.addEventListener("click", () => cover.close());
    cover.addEventListener("close", () => {
        cover.remove();
        // Browsers don't return the focus to a frame by themselves.
        (before as HTMLElement | null)?.focus();
    });
    cover.append(button, frame);
    document.body.append(cover);
    cover.showModal();
    return () => cover.close();
}
