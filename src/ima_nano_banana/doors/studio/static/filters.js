// What is looked for; all of it stands in the address.

import { by, el, get, number, t } from "./dom.js";
import { FILTERS, filters, put } from "./place.js";

const WAIT_MS = 250;
const SIZES = ["512px", "1K", "2K", "4K"];
const MODELS = [["gemini-3.1-flash-image", "Nano Banana 2"], ["gemini-3-pro-image", "Nano Banana Pro"]];
const STATES = ["open", "done", "failed", "uncertain"];

export class Filters {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.form = by("filters");
    this.build({ users: [], batches: [] });
    this.form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
    this.form.addEventListener("input", (/** @type {any} */ event) => this.typed(event.target));
  }

  /** @param {any} choices */
  build(choices) {
    const now = filters();
    const select = (/** @type {string} */ name, /** @type {string} */ label, /** @type {any[][]} */ options) => {
      const known = options.some(([value]) => value === now[name]) || !now[name] ? options : [...options, [now[name], now[name]]];
      const shown = [["", t("any")], ...known].map(([value, text]) => el("option", { value, selected: value === (now[name] ?? "") }, text));
      return [el("label", { for: `f-${name}` }, label), el("select", { name, id: `f-${name}` }, shown)];
    };
    const date = (/** @type {string} */ name) => [el("label", { for: `f-${name}` }, t(name)), el("input", { type: "date", name, id: `f-${name}`, value: now[name] ?? "" })];
    const stars = el("label.switch", null, el("input", { type: "checkbox", name: "stars", checked: now.stars === "1" }), "★ ", t("starred"));
    this.count = el("span.tag", { hidden: true });
    this.total = el("span.total");
    this.search = el("input", { type: "search", name: "q", placeholder: t("search"), "aria-label": t("search"), value: now.q ?? "", autocomplete: "off" });
    this.details = el("details", { ontoggle: () => { if (this.details.open) void this.load(); } }, el("summary", null, t("filters"), this.count),
      el("div.more", null, select("model", t("model"), MODELS), select("size", t("size"), SIZES.map((one) => [one, one])), select("state", t("state"), STATES.map((one) => [one, t(`state_${one}`)])),
        select("user", t("user"), choices.users.map((/** @type {string} */ one) => [one, one])), select("batch", t("batch"), choices.batches.map((/** @type {any} */ one) => [one.id, one.name])), date("since"), date("until"),
        el("div.row", null, stars, el("button", { type: "button", onclick: () => this.reset() }, t("reset")))));
    this.form.replaceChildren(this.search, this.details, this.total);
    this.mark();
  }

  async load() {
    if (this.loaded) return;
    this.loaded = true;
    const choices = await get("/api/choices").catch(() => ({ users: [], batches: [] }));
    this.build(choices);
    this.details.open = true;
  }

  /** @param {any} field */
  typed(field) {
    const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value.trim();
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      put({ [field.name]: value, at: null }, true);
      this.mark();
      this.changed();
    }, field === this.search ? WAIT_MS : 0);
  }

  /** @param {Record<string, string>} [instead] */
  reset(instead = {}) {
    put({ ...Object.fromEntries(FILTERS.map((name) => [name, null])), at: null, ...instead }, true);
    this.again();
  }

  /** The address has changed. */
  again() {
    this.loaded = false;
    this.build({ users: [], batches: [] });
    this.changed();
  }

  mark() {
    const many = Object.keys(filters()).filter((name) => name !== "q").length;
    this.count.hidden = !many;
    this.count.textContent = String(many);
  }

  /** @param {number} total */
  counted(total) {
    this.total.textContent = t("total", { n: number(total) });
  }
}
