/** What the pages are put together from: a screen with its heading, fields, forms. */
import { el, show } from "/ui/dom.js";
import { refused } from "./words.js";

const screen = document.getElementById("screen");

/** Shows a screen in place of the one before; whoever can't see the page hears its heading. */
export function draw(title, ...children) {
  document.title = title;
  const heading = el("h1", { tabindex: "-1" }, title);
  show(screen, heading, ...children);
  scrollTo(0, 0);
  heading.focus();
}

/** A field with its label; a password can be shown. */
export function field(name, label, { id = name, ...attributes } = {}, hint) {
  const input = el("input", { id, name, required: true, ...attributes });
  const isSecret = attributes.type === "password";
  const reveal = isSecret && el("button", { type: "button", "aria-pressed": "false", onclick: (event) => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    event.currentTarget.setAttribute("aria-pressed", String(!isShown));
    event.currentTarget.textContent = isShown ? "Show" : "Hide";
  } }, "Show");
  const hintId = `${id}-hint`;
  if (hint) input.setAttribute("aria-describedby", hintId);
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("div", { class: isSecret ? "entry hidden-text" : "entry" }, input, reveal),
    hint && el("span", { class: "hint", id: hintId }, hint));
}

/** Whether a refusal needs no words: whoever closes a dialog, the browser’s or this page’s, has said enough. */
const isClosed = (refusal) => refusal.name === "NotAllowedError" || refusal.code === "closed";

/** Runs `act`; says in `wrong` why it was refused. `button` can't be pressed meanwhile. */
async function attempt(button, wrong, act) {
  button.disabled = true;
  wrong.hidden = true;
  try {
    await act();
  } catch (refusal) {
    if (isClosed(refusal)) return;
    wrong.textContent = refused(refusal);
    wrong.hidden = false;
  } finally {
    button.disabled = false;
    // A button that can’t be pressed loses the focus, which a dialog over the page then can’t give back.
    if (button.isConnected && document.activeElement === document.body) button.focus();
  }
}

/** A form that is sent by `act`, which gets its fields; a refusal is shown above the button, and nothing typed is lost. */
export function form(button, fields, act) {
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const submit = el("button", { class: "main", type: "submit" }, button);
  return el("form", { onsubmit: (event) => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(event.target));
    return attempt(submit, wrong, () => act(typed));
  } }, fields, wrong, submit);
}

/** A button that does `act`; a refusal is shown below it. */
export function action(words, act, attributes = {}) {
  const wrong = el("p", { class: "wrong", role: "alert", hidden: true });
  const button = el("button", { type: "button", onclick: () => attempt(button, wrong, act), ...attributes }, words);
  return [button, wrong];
}
