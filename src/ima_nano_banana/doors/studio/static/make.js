// The form: every choice asks for its price, and the price stands on the button.

import { Refused, by, el, first, get, number, points, post, t } from "./dom.js";
import { Inputs } from "./inputs.js";

const DRAFT = "ima-draft";
const WAIT_MS = 120;
const PRO = "gemini-3-pro-image";
const SMALL = "512px";

/** @returns {string} a name for one order, so that it is paid for once however often it is sent */
const newKey = () => `studio-${[...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("")}`;

/** @param {string} name @param {string} value @param {any} shown @param {boolean} on @param {boolean} [off] */
const choice = (name, value, shown, on, off) =>
  el("label.choice", null, el("input", { type: "radio", name, value, checked: on, disabled: off }), el("span", null, shown));

/** @param {string} ratio */
function outline(ratio) {
  const [wide, high] = ratio.split(":").map(Number);
  const scale = 18 / Math.max(wide, high);
  const [width, height] = [wide * scale, high * scale];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 22 22");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: (22 - width) / 2, y: (22 - height) / 2, width, height, rx: 1.5 })) rect.setAttribute(name, String(value));
  svg.append(rect);
  return svg;
}

export class Make {
  /** @param {() => void} begun */
  constructor(begun) {
    this.begun = begun;
    /** @type {any[]} */
    this.models = [];
    /** @type {any} */
    this.quote = null;
    this.busy = false;
    this.bar = first.bar ?? {};
    this.draft = { prompt: "", tier: "balanced", size: "1K", ratio: "", count: 1, key: newKey(), inputs: /** @type {any[]} */ ([]), ...stored() };
    this.inputs = new Inputs(this.draft.inputs, () => { this.changed(); this.choices(); });
    this.build();
    this.load();
  }

  build() {
    this.prompt = el("textarea", { name: "prompt", id: "prompt", placeholder: t("prompt_hint"), rows: 4, maxlength: 8000, oninput: () => { this.draft.prompt = this.prompt.value; this.newOrder(); this.button(); } });
    this.prompt.value = this.draft.prompt;
    this.options = el("div", null);
    this.options.style.display = "grid";
    this.options.style.gap = "16px";
    this.go = el("button.primary", { type: "submit", disabled: true }, t("pricing"));
    this.left = el("small");
    this.wrong = el("div.wrong", { role: "alert", hidden: true });
    const lower = el("button.quiet.icon.lower", { type: "button", "aria-label": t("close"), onclick: () => this.raise(false) }, "✕");
    this.form = el("form", { onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void this.submit(); } },
      el("h2", null, t("make"), lower),
      el("label", null, el("span.legend", null, t("prompt")), this.prompt),
      this.inputs.element, this.options, this.wrong, this.narrow(), el("div.go", null, this.go, this.left));
    this.options.addEventListener("change", (/** @type {any} */ event) => this.chose(event.target.name, event.target.value));
    this.prompt.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.submit(); });
    by("make").replaceChildren(this.form);
  }

  /** What the bar has no room for on a narrow screen. */
  narrow() {
    const twin = (/** @type {string} */ id) => el("button.quiet.lower", { type: "button", lang: by(id).lang || null, onclick: () => by(id).click() }, id === "theme" ? t("theme") : by(id).textContent);
    return el("div.do", null, twin("language"), twin("theme"));
  }

  async load() {
    try {
      this.models = (await get("/api/models")).models;
      this.choices();
      this.changed();
    } catch (wrong) { this.fail(wrong); }
  }

  kind() {
    return this.inputs.items.length ? "image_to_image" : "text_to_image";
  }

  /** @param {string} [tier] @returns {any} the row of the model that is chosen */
  row(tier = this.draft.tier) {
    return this.models.find((one) => one.task_type === this.kind() && (one.model_id === PRO) === (tier === "best"));
  }

  /** @param {string} tier @returns {any} */
  price(tier) {
    const row = this.row(tier);
    const size = tier === "budget" ? SMALL : row?.sizes.some((/** @type {any} */ one) => one.size === "1K") ? "1K" : row?.default_size;
    return { size, credit: row?.sizes.find((/** @type {any} */ one) => one.size === size)?.credit };
  }

  /** Draw the choices that the list has now. */
  choices() {
    const row = this.row();
    if (!row) return;
    const held = document.activeElement instanceof HTMLInputElement ? document.activeElement : null;
    const draft = this.draft;
    if (!row.sizes.some((/** @type {any} */ one) => one.size === draft.size)) draft.size = this.price(draft.tier).size ?? row.default_size;
    const tiers = ["budget", "balanced", "best"].map((tier) => choice("tier", tier, [t(tier), el("small", null, this.price(tier).credit === undefined ? "–" : points(this.price(tier).credit))], tier === draft.tier, this.price(tier).credit === undefined));
    const sizes = row.sizes.map((/** @type {any} */ one) => choice("size", one.size, [one.size, el("small", null, number(one.credit))], one.size === draft.size));
    const ratios = ["", ...row.aspect_ratios].map((ratio) => choice("ratio", ratio, ratio ? [outline(ratio), el("small", null, ratio)] : [el("small", null, t("auto"))], ratio === draft.ratio));
    const counts = [1, 2, 3, 4].map((one) => choice("count", String(one), String(one), one === draft.count));
    const set = (/** @type {string} */ key, /** @type {any[]} */ shown, flow = "") => el("fieldset", null, el("legend", null, t(key)), el(`div.choices${flow}`, null, shown));
    this.options.replaceChildren(set("model", tiers), set("size", sizes), set("ratio", ratios, ".flow"), set("count", counts));
    if (held?.name) this.options.querySelector(`[name="${held.name}"][value="${CSS.escape(held.value)}"]`)?.focus();
  }

  /** @param {string} name @param {string} value */
  chose(name, value) {
    const draft = this.draft;
    if (name === "count") draft.count = Number(value);
    else if (name === "tier") {
      draft.tier = value;
      draft.size = this.price(value).size;
    } else /** @type {any} */ (draft)[name] = value;
    if (name === "size" && draft.tier !== "best") draft.tier = value === SMALL ? "budget" : "balanced";
    this.choices();
    this.changed();
  }

  /** Something else is meant now: another order, another price. */
  changed() {
    this.newOrder();
    this.quote = null;
    this.button();
    clearTimeout(this.pricing);
    this.pricing = window.setTimeout(() => void this.ask(), WAIT_MS);
  }

  newOrder() {
    this.draft.key = newKey();
    this.keep();
  }

  keep() {
    this.draft.inputs = this.inputs.items;
    try { sessionStorage.setItem(DRAFT, JSON.stringify(this.draft)); } catch { /* a full store keeps the page usable */ }
  }

  body() {
    const { size, ratio, count } = this.draft;
    return { model: this.row()?.model_id, size, aspect_ratio: ratio || null, count, inputs: this.inputs.asked() };
  }

  async ask() {
    if (!first.session) return; // whoever only looks spends nothing
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    try {
      this.quote = (await post("/api/quote", this.body(), asking.signal)).quote;
      this.wrong.hidden = true;
    } catch (wrong) { if (!asking.signal.aborted) this.fail(wrong); }
    this.button();
  }

  /** What the button says is what a click costs. */
  button() {
    const credit = this.quote?.credit;
    const left = this.bar.limit?.left;
    this.go.disabled = this.busy || credit === undefined || !this.draft.prompt.trim() || Boolean(this.bar.frozen?.length);
    this.go.textContent = this.busy ? t("generating") : !first.session ? t("generate") : credit === undefined ? t("pricing") : t("generate_for", { price: points(credit) });
    this.left.textContent = this.bar.frozen?.length ? t("frozen_text") : left === undefined ? "" : credit > left ? `${t("over_limit")} (${points(left)})` : t("left_today", { n: number(left) });
  }

  /** @param {any} bar */
  stands(bar) {
    this.bar = bar;
    this.button();
  }

  async submit() {
    if (this.go.disabled) return;
    this.busy = true;
    this.wrong.hidden = true;
    this.button();
    try {
      await post("/api/runs", { ...this.body(), prompt: this.draft.prompt, key: this.draft.key, max_credits: this.quote.credit });
      this.newOrder();
      this.raise(false);
      this.begun();
    } catch (wrong) {
      this.fail(wrong);
      if (wrong instanceof Refused && wrong.error.charged === "no") this.newOrder();
    } finally {
      this.busy = false;
      this.button();
    }
  }

  /** @param {any} wrong */
  fail(wrong) {
    const told = wrong instanceof Refused ? wrong.error : { message: t("gone_server") };
    const unsure = told.charged === "unknown";
    this.wrong.classList.toggle("doubt", unsure);
    this.wrong.replaceChildren(el("strong", null, told.message ?? t("failed_load")), told.suggestion ? el("span", null, told.suggestion) : "", told.charged ? el("small", null, t(`charged_${told.charged}`)) : "");
    this.wrong.hidden = false;
  }

  /** Take over what another picture was made with. @param {any} form @param {any[]} [inputs] */
  take(form, inputs) {
    const size = form.size ?? "1K";
    const tier = form.model === PRO ? "best" : size === SMALL ? "budget" : "balanced";
    Object.assign(this.draft, { prompt: form.prompt ?? this.draft.prompt, tier, size, ratio: form.aspect_ratio ?? "", count: form.count ?? 1 });
    this.prompt.value = this.draft.prompt;
    if (inputs) this.inputs.set(inputs);
    this.choices();
    this.changed();
    this.raise(true);
  }

  /** @param {any[]} inputs */
  use(inputs) {
    this.inputs.add(inputs);
    this.raise(true);
  }

  /** @param {boolean} up */
  raise(up) {
    by("make").classList.toggle("up", up);
    if (up) this.prompt.focus();
  }
}

/** @returns {any} what was typed before a reload */
function stored() {
  try { return JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}"); } catch { return {}; }
}
