// One picture as large as the window, or two to four side by side that zoom together. It ends where one is.

import { by, el, get, points, post, say, t } from "./dom.js";
import { going, stateOf } from "./cell.js";
import { asInput } from "./hands.js";
import { at, put } from "./place.js";
import { fill } from "./sheet.js";
import { zoomed } from "./zoom.js";

const FACTS = "ima-facts";

export class Viewer {
  /** @param {import("./grid.js").Grid} grid @param {import("./make.js").Make} make */
  constructor(grid, make) {
    this.grid = grid;
    this.make = make;
    this.dialog = by("viewer");
    this.index = 0;
    this.number = 1;
    /** @type {any[]} */
    this.items = [];
    this.told = localStorage.getItem(FACTS) !== "no" && innerWidth >= 720;
    this.dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.dialog.addEventListener("close", () => this.closed());
  }

  get item() {
    return this.items[0];
  }

  /** @param {number} index */
  async open(index, number = 1) {
    await this.grid.store.want(index, index);
    const item = this.grid.store.at(index);
    if (!item) return;
    this.index = index;
    this.show([item], number);
  }

  /** @param {string} id one that may not be in the gallery now */
  async openId(id, number = 1) {
    const index = this.grid.store.find(id);
    if (index >= 0) return this.open(index, number);
    this.index = -1;
    return this.show([(await get(`/pictures/${id}`)).picture], number);
  }

  /** @param {any[]} items @param {number} number */
  show(items, number) {
    this.items = items;
    const count = (items[0].pictures ?? []).length;
    this.number = number < 1 ? Math.max(1, count) : Math.max(1, Math.min(count || 1, number));
    this.build();
    if (!this.dialog.open) this.dialog.showModal();
    if (items.length === 1) put({ picture: `${this.item.id}.${this.number}` });
    this.stage.querySelector("img")?.focus();
  }

  build() {
    const many = this.items.length > 1;
    const panes = this.items.map((item) => this.pane(item, many ? 1 : this.number));
    this.side = el("aside.facts", { "aria-label": t("facts"), hidden: many || !this.told, tabindex: 0 });
    const arrow = (/** @type {string} */ key, /** @type {number} */ by_, /** @type {string} */ sign) => el(`button.side.${by_ < 0 ? "left" : "right"}`, { type: "button", "aria-label": t(key), onclick: () => this.move(by_) }, sign);
    this.stage = el(`div.stage${many || !this.told ? "" : ".with-facts"}`, null, el(`div.panes${panes.length === 4 ? ".four" : ""}`, null, panes), !many && this.index >= 0 ? [arrow("previous", -1, "‹"), arrow("next", 1, "›")] : [], this.side);
    this.dialog.replaceChildren(this.top(many), this.stage);
    zoomed([...this.stage.querySelectorAll(".pane")]);
    if (!many && this.told) this.tell();
  }

  /** @param {any} item @param {number} number */
  pane(item, number) {
    const picture = item.pictures?.[number - 1];
    const shown = picture?.file ? el("img", { src: picture.file, alt: item.prompt ?? t("no_prompt"), tabindex: -1, draggable: "false" }) : el("p", null, picture?.gone ? t("gone") : going(item) ? stateOf(item) : item.error?.message ?? stateOf(item));
    const label = this.items.length > 1 || (item.pictures ?? []).length > 1 ? el("span.tag.label", null, this.items.length > 1 ? `${item.model_name ?? ""} · ${item.size ?? ""} · ${points(item.credit)}` : t("picture_of", { n: number, m: item.pictures.length })) : null;
    return el("div.pane", null, shown, label);
  }

  /** @param {boolean} many */
  top(many) {
    const button = (/** @type {string} */ key, /** @type {() => unknown} */ does, text = t(key)) => el("button", { type: "button", onclick: does, "data-does": key }, text);
    const picture = this.item.pictures?.[this.number - 1];
    const own = many ? [] : [
      picture?.file ? button("edit_this", () => this.edit()) : null,
      this.item.prompt ? button("again", () => void this.again()) : null,
      this.item.resumable ? button("resume", () => void this.resume()) : null,
      button("star", () => void this.star(), this.item.starred ? `★ ${t("unstar")}` : `☆ ${t("star")}`),
      picture?.file ? button("copy_picture", () => void this.copy()) : null,
      picture?.file ? el("a.button", { href: `${picture.file}?download`, download: "" }, t("download")) : null,
      el("button", { type: "button", "aria-pressed": String(this.told), onclick: () => this.facts(), "data-does": "facts" }, t("facts")),
    ];
    return el("div.top", null, own, el("span.gap"), button("close", () => this.dialog.close(), `✕ ${t("close")}`));
  }

  tell() {
    this.side.dataset.id = this.item.id;
    fill(this.side, this.item.id, { open: (id) => void this.openId(id), done: () => this.dialog.close() }).catch((wrong) => say(String(wrong.message)));
  }

  facts() {
    this.told = !this.told;
    localStorage.setItem(FACTS, this.told ? "yes" : "no");
    this.build();
    this.dialog.querySelector('[data-does="facts"]')?.focus();
  }

  /** @param {number} step */
  async move(step) {
    if (this.items.length > 1 || this.index < 0) return;
    const number = this.number + step;
    if (number >= 1 && number <= (this.item.pictures ?? []).length) return this.show([this.item], number);
    const index = this.index + step;
    if (index >= 0 && index < this.grid.store.total) await this.open(index, step < 0 ? 0 : 1);
    return undefined;
  }

  edit() {
    const input = asInput({ ...this.item, pictures: this.item.pictures.map((/** @type {any} */ one, /** @type {number} */ place) => (place + 1 === this.number ? one : { gone: true })) });
    if (!input) return;
    this.dialog.close();
    this.make.take({ prompt: "", model: this.item.model_id, size: this.item.size }, [input]);
  }

  /** Clipboards take PNG, whatever the file is. */
  async copy() {
    const image = this.stage.querySelector(".pane img");
    const canvas = el("canvas", { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    try {
      const blob = new Promise((done) => canvas.toBlob(done, "image/png"));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": /** @type {any} */ (blob) })]);
      say(t("copied"));
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  }

  /** Put everything into the form again; the price is on its button, and nothing is ordered by this. */
  async again() {
    const { form } = await get(`/pictures/${this.item.id}`);
    this.dialog.close();
    this.make.take(form);
  }

  async resume() {
    try {
      await post("/api/resume", { id: this.item.id });
      say(t("resume_text"));
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  }

  async star() {
    await post("/api/stars", { ids: [this.item.id], on: !this.item.starred });
    this.item.starred = !this.item.starred;
    this.build();
    this.grid.refresh();
  }

  /** @param {any} item fresh facts of something */
  fresh(item) {
    if (!this.dialog.open || this.items.length !== 1 || this.item.id !== item.id) return;
    this.items = [item];
    this.build();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA)$/.test(/** @type {any} */ (event.target).tagName)) return;
    /** @type {Record<string, () => unknown>} */
    const does = { ArrowLeft: () => this.move(-1), ArrowRight: () => this.move(1), ".": () => this.facts(), e: () => this.edit(), g: () => this.again(), s: () => this.star() };
    if (!does[event.key] || (this.items.length > 1 && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    void does[event.key]();
  }

  closed() {
    put({ picture: null });
    if (this.index >= 0) this.grid.focus(this.index, !by("make").contains(document.activeElement));
  }

  /** Open what the address names. */
  restore() {
    const [id, number] = (at("picture") ?? location.pathname.match(/^\/pictures\/([0-9a-f]{32})$/)?.[1] ?? "").split(".");
    if (id) this.openId(id, Number(number) || 1).catch(() => put({ picture: null }));
  }
}
