// Many at once: with shift, a box drawn with the mouse, or the keyboard; and what may be done with them.

import { ask, by, el, get, number, post, say, t } from "./dom.js";
import { query } from "./place.js";

const MOST_COMPARED = 4;
const MOST_ZIPPED = 500;
const MOST_TOLD = 1000;

export class Chosen extends EventTarget {
  constructor() {
    super();
    /** @type {Map<string, any>} facts by id; null where only the id is known */
    this.items = new Map();
    this.anchor = 0;
  }

  /** @param {string} id */
  has(id) {
    return this.items.has(id);
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {any} item @param {number} index */
  toggle(item, index) {
    if (!item) return;
    if (this.items.has(item.id)) this.items.delete(item.id);
    else this.items.set(item.id, item);
    this.anchor = index;
    this.changed();
  }

  /** @param {Iterable<any>} items */
  add(items) {
    for (const item of items) if (item) this.items.set(item.id, item);
    this.changed();
  }

  clear() {
    this.items.clear();
    this.changed();
  }

  async all() {
    const answer = await fetch(`/api/ids?${query()}`);
    for (const id of (await answer.text()).split("\n")) if (id && !this.items.has(id)) this.items.set(id, null);
    this.changed();
  }

  /** @returns {Promise<any[]>} the facts, also of those that were chosen by their id alone */
  async facts() {
    const wanted = [...this.items].slice(0, 14);
    return Promise.all(wanted.map(async ([id, item]) => item ?? (await get(`/pictures/${id}`)).picture));
  }

  /** @type {{ use: (items: any[]) => void, compare: (items: any[]) => void }} */
  does = { use: () => undefined, compare: () => undefined };

  show() {
    const count = this.items.size;
    const bar = by("picked");
    bar.hidden = count === 0;
    if (!count) return bar.replaceChildren();
    const button = (/** @type {string} */ text, /** @type {() => unknown} */ does, off = false) =>
      el("button", { type: "button", onclick: does, disabled: off }, text);
    bar.replaceChildren(
      el("strong", { "aria-live": "polite" }, t("selected", { n: number(count) })),
      button(t("select_all"), () => this.all()),
      button(t("unselect"), () => this.clear()),
      button(t("download_zip"), () => this.zip(), count > MOST_ZIPPED),
      button("★ " + t("star"), () => this.star(true)),
      button("☆ " + t("unstar"), () => this.star(false)),
      button(t("use_inputs"), async () => this.does.use(await this.facts())),
      button(t("compare"), async () => this.does.compare(await this.facts()), count < 2 || count > MOST_COMPARED),
      button(t("forget", { n: number(count) }), () => this.forget()),
    );
  }

  zip() {
    const link = el("a", { href: `/zip?ids=${[...this.items.keys()].join(",")}`, download: "pictures.zip" });
    document.body.append(link);
    link.click();
    link.remove();
  }

  /** @param {string} path @param {object} more */
  async send(path, more) {
    const ids = [...this.items.keys()];
    for (let at = 0; at < ids.length; at += MOST_TOLD) await post(path, { ids: ids.slice(at, at + MOST_TOLD), ...more });
  }

  /** @param {boolean} on */
  async star(on) {
    try {
      await this.send("/api/stars", { on });
      this.dispatchEvent(new Event("stale"));
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  }

  async forget() {
    const n = this.items.size;
    const yes = t("forget", { n: number(n) });
    if ((await ask(t("forget_ask"), yes)) === null) return;
    try {
      await this.send("/api/forget", {});
      this.clear();
      this.dispatchEvent(new Event("stale"));
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  }
}
