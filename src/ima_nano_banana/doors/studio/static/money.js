// What was spent, what may be, and what nobody knows.

import { by, drawing, el, get, number, points, post, say, t } from "./dom.js";
import { doubt } from "./sheet.js";

/** @param {string} title @param {Record<string, number>} sums */
function table(title, sums) {
  const rows = Object.entries(sums).map(([name, n]) => el("tr", null, el("td", null, name || "–"), el("td.n", null, points(n))));
  return el("section", null, el("h3", null, title), rows.length ? el("table", null, el("tbody", null, rows)) : el("p", null, t("nothing_spent")));
}

/** @param {string} title @param {string} svg */
const chart = (title, svg) => el("section", null, el("h3", null, title), drawing(svg));

/** @param {any} one */
const whose = (one) => (one.user ? one.user : t(one.scope === "all" ? "limit_all" : "limit_each"));

/** @param {any} one */
function limit(one) {
  const set = async () => {
    try {
      await post("/api/limits", { scope: one.scope, period: one.period, points: null });
      await show();
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  };
  const left = one.left === null ? "–" : points(one.left);
  return el("tr", null, el("td", null, whose(one)), el("td", null, t(`limit_${one.period}`)), el("td.n", null, points(one.points)),
    el("td.n", null, left, one.resets ? el("div", null, el("small", null, t("limit_resets", { when: one.resets }))) : ""),
    el("td.n", null, el("button", { type: "button", onclick: set, "aria-label": `${t("limit_clear")}: ${whose(one)}, ${t(`limit_${one.period}`)}` }, "✕")));
}

/** The form is made once: what is typed in it outlives every new figure around it. @returns {any} */
function limitForm() {
  const choose = (/** @type {string} */ name, /** @type {string[][]} */ options) => el("select", { name }, options.map(([value, text]) => el("option", { value }, text)));
  return el("form.limit-form", { onsubmit: (/** @type {SubmitEvent} */ event) => { event.preventDefault(); void store(); } },
    el("label", null, t("limit_scope"), choose("scope", [["all", t("limit_all")], ["each-user", t("limit_each")]])),
    el("label", null, t("limit_period"), choose("period", ["day", "month", "run"].map((one) => [one, t(`limit_${one}`)]))),
    el("label", null, t("limit_points"), el("input", { name: "points", type: "number", min: 0, step: 1, required: true })),
    el("button.primary", null, t("limit_set")));
}

const form = limitForm();

/** @param {any} told */
function limits(told) {
  const head = ["limit_scope", "limit_period", "limit_points", "limit_left"].map((key, place) => el(place > 1 ? "th.n" : "th", { scope: "col" }, t(key)));
  const known = told.limits.length ? el("table", null, el("thead", null, el("tr", null, head, el("td"))), el("tbody", null, told.limits.map(limit))) : el("p", null, t("no_limits"));
  return el("section", null, el("h3", null, t("limits")), known, el("p", null, el("small", null, t("zone", { zone: told.time_zone }))), form);
}

async function store() {
  const told = new FormData(form);
  try {
    await post("/api/limits", { scope: told.get("scope"), period: told.get("period"), points: Number(told.get("points")) });
    form.reset();
    await show();
  } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
}

/** @param {any} told */
function page(told) {
  const sum = (/** @type {string} */ key, /** @type {number} */ n) => el("div", null, el("b", null, number(n)), el("span", null, t(key)));
  const doubts = told.uncertain.map((/** @type {any} */ one) => doubt(one, () => void show()));
  return el("div.sheet-of", null,
    el("div.head", null, el("h2", null, t("money")), el("span", null, el("a", { href: "/money.csv", download: "points.csv" }, t("export")), " · ", el("a", { href: "/", "data-go": "look" }, t("pictures")))),
    doubts.length ? el("section", null, el("h3", null, t("unknown_outcome")), doubts) : null,
    el("div.sums", null, sum("today", told.today), sum("this_month", told.month), sum("last_hour", told.last_hour)),
    el("div.cols", null, chart(t("by_day"), told.charts.days), chart(t("by_hour"), told.charts.hours)),
    el("div.cols", null, table(t("by_user"), told.by_user), table(t("by_model"), told.by_model)), limits(told));
}

/** @param {any} [known] what came with the page */
export async function show(known) {
  const told = known ?? (await get("/money")).money;
  const held = form.contains(document.activeElement) ? /** @type {any} */ (document.activeElement) : null;
  by("money").replaceChildren(page(told));
  held?.focus();
}
