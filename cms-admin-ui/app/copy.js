/** Copying a text, so that people can paste it elsewhere. */

import { announce, el } from "../ui/dom.js";

/** A button that copies a text and says that it did. */
export function copyButton(text, what) {
  const button = el("button", { type: "button", class: "copy", onclick: copy }, "Copy");
  button.setAttribute("aria-label", `Copy ${what}`);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      announce(`Copied ${what}`);
    } catch {
      button.textContent = "Not possible here";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }
  return button;
}
