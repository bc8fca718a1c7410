// Up to fourteen pictures to start from: dropped, pasted, picked, or dragged over from the gallery.

import { by, el, say, t, upload } from "./dom.js";
import { DRAGGED } from "./hands.js";

const MOST = 14;

export class Inputs {
  /** @param {any[]} items @param {() => void} changed */
  constructor(items, changed) {
    /** @type {any[]} */
    this.items = items.filter((one) => one.input || one.picture);
    this.changed = changed;
    this.element = el("div.inputs", { role: "group", "aria-label": t("inputs") });
    this.file = el("input", { type: "file", accept: "image/*", multiple: true, hidden: true, "aria-label": t("inputs"), onchange: () => { void this.take(this.file.files); this.file.value = ""; } });
    this.show();
    this.listen(by("make"));
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) void this.take(files);
    });
  }

  /** @param {any} zone where things may be dropped */
  listen(zone) {
    zone.addEventListener("dragover", (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      this.element.classList.add("over");
    });
    zone.addEventListener("dragleave", () => this.element.classList.remove("over"));
    zone.addEventListener("drop", (/** @type {any} */ event) => {
      event.preventDefault();
      this.element.classList.remove("over");
      const dragged = event.dataTransfer.getData(DRAGGED);
      if (dragged) this.add(JSON.parse(dragged));
      else void this.take(event.dataTransfer.files);
    });
    // A file that misses the place must not replace the page.
    for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  }

  /** @param {Iterable<File>} files */
  async take(files) {
    for (const file of files) {
      try {
        const { input } = await upload(file);
        this.add([{ input, small: `/inputs/${input}.webp` }]);
      } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
    }
  }

  /** @param {any[]} more */
  add(more) {
    const room = MOST - this.items.length;
    if (more.length > room) say(t("inputs_most"));
    this.set([...this.items, ...more.slice(0, room)]);
  }

  /** @param {any[]} items */
  set(items) {
    this.items = items;
    this.show();
    this.changed();
  }

  /** @returns {object[]} as the studio is told */
  asked() {
    return this.items.map((one) => (one.input ? { input: one.input } : { picture: one.picture, number: one.number }));
  }

  show() {
    const shown = this.items.map((one, place) => el("div.one", null, el("img", { src: one.small, alt: "" }),
      el("button", { type: "button", "aria-label": t("remove_input", { n: place + 1 }), onclick: () => this.set(this.items.filter((other) => other !== one)) }, "✕")));
    const pick = el("button", { type: "button", onclick: () => this.file.click() }, t("pick"));
    this.element.replaceChildren(...shown, ...(this.items.length ? [] : [el("span", null, t("inputs"), ": ", t("inputs_hint"))]), pick, this.file);
  }
}
