// Keys that work wherever one is, and the list of all of them.

import { by, el, t } from "./dom.js";

const KEYS = [["/", "key_search"], ["n", "key_make"], ["← ↑ → ↓", "key_arrows"], ["Enter", "key_enter"], ["Space", "key_space"], ["e", "key_edit"], ["g", "key_again"], ["s", "key_star"], [".", "key_facts"], ["Esc", "key_escape"], ["?", "key_keys"]];

export function show() {
  const dialog = by("ask");
  const list = el("dl", null, KEYS.map(([key, text]) => [el("dt", null, el("kbd", null, key)), el("dd", null, t(text))]));
  dialog.replaceChildren(el("form", { method: "dialog" }, el("h2", null, t("keyboard")), list, el("div.do", null, el("button.primary", null, t("close")))));
  dialog.showModal();
}

/**
 * @param {{ search: () => void, make: () => void, back: () => void, act: (does: "edit" | "again" | "star" | "facts") => void, viewer: (event: KeyboardEvent) => void }} does
 */
export function listen(does) {
  by("show-keys").addEventListener("click", show);
  addEventListener("keydown", (event) => {
    // What was drawn anew under the focus leaves it with nobody; the large view is still what one looks at.
    if (by("viewer").open && event.target === document.body) return does.viewer(event);
    const typing = /** @type {any} */ (event.target).closest?.("input, textarea, select, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && !(/** @type {any} */ (event.target).closest?.("dialog"))) return does.back();
    if (typing) return undefined;
    /** @type {Record<string, () => void>} */
    const keys = { "/": does.search, n: does.make, "?": show, e: () => does.act("edit"), g: () => does.act("again"), s: () => does.act("star"), ".": () => does.act("facts") };
    if (!keys[event.key]) return undefined;
    event.preventDefault();
    return keys[event.key]();
  });
}
