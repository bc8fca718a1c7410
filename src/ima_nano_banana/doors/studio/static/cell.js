// One request as a cell: its pictures, or how it stands.

import { el, number, points, t } from "./dom.js";

/** @param {any} item */
export const going = (item) => ["queued", "sending", "running", "ready"].includes(item.state);

/** @param {any} item @returns {number} as every door reckons it */
export function percent(item) {
  const most = item.expected?.[1] ?? 60;
  return Math.max(0, Math.min(95, Math.floor(((Date.now() / 1000 - item.since) / most) * 100)));
}

/** @param {any} item */
export const partial = (item) => item.state !== "uncertain" && (item.pictures ?? []).length > 0 && (item.missing ?? []).length > 0;

/** @param {any} item @returns {string} the state as a word */
export const stateOf = (item) => t(partial(item) ? "state_partial" : `state_${item.state}`);

/** @param {any} item @returns {string} all of a cell in words, for whoever hears it */
export function spoken(item) {
  const parts = [item.prompt ?? t("no_prompt"), stateOf(item), item.credit ? points(item.credit) : ""];
  if (item.error) parts.push(item.error.message, t(`charged_${item.charged}`));
  if (item.starred) parts.push("★");
  if (item.adjusted) parts.push(t("adjusted"));
  return parts.filter(Boolean).join(" · ");
}

/** @param {any} picture */
function picture(picture) {
  if (picture.gone) return el("div.hole", null, t("gone"));
  return el("img", { src: picture.small, srcset: `${picture.small} 256w, ${picture.large} 512w`, sizes: "240px", alt: "", draggable: "false", decoding: "async" });
}

/** @param {any} item */
function pictures(item) {
  const made = (item.pictures ?? []).map(picture);
  const holes = (item.missing ?? []).map((/** @type {string} */ why) => el("div.hole", { title: why }, why || t("not_made")));
  const all = [...made, ...holes].slice(0, 4);
  return el(all.length > 1 ? "div.pics.many" : "div.pics", null, all);
}

/** @param {any} item */
function shape(item) {
  const made = el("div.shape", null, el("div.fill"), el("b"), el("span.secs"), el("span", null, stateOf(item)), el("span", null, source(item)));
  const [wide, high] = (item.aspect_ratio ?? "1:1").split(":").map(Number);
  made.style.aspectRatio = `${wide || 1} / ${high || 1}`;
  made.style[wide >= high ? "width" : "height"] = "86%";
  return el("div.pics", null, made);
}

/** @param {any} item @returns {string} who, and through which door */
export const source = (item) => [item.user, item.door ? t(`door_${item.door}`) : ""].filter(Boolean).join(" · ");

/** @param {any} item */
function note(item) {
  if (item.state === "uncertain") return el("div.note.doubt", null, `⚠ ${t("state_uncertain")} · ${t("charged_unknown")}`);
  if (item.state === "failed") return el("div.note.bad", null, `✕ ${stateOf(item)} · ${t(`charged_${item.charged}`)}`);
  return null;
}

/** Draw a request into its cell. @param {any} cell @param {any} item */
export function draw(cell, item) {
  cell.classList.toggle("waiting", !item);
  if (!item) {
    cell.replaceChildren(el("span.unseen", null, "…"));
    return;
  }
  const words = !(item.pictures ?? []).length && !going(item) && el("div.said-why", null, item.error?.message ?? item.prompt ?? "");
  cell.classList.toggle("text", Boolean(words));
  const marks = el("div.marks", null, item.starred && el("span.mark.star", null, "★"), item.adjusted && el("span.mark", { title: t("adjusted") }, "≠"));
  const foot = el("div.foot", null, el("span.said-by", null, item.prompt ?? t("no_prompt")), el("span", null, number(item.credit ?? 0)));
  const seen = [going(item) ? shape(item) : words || pictures(item), note(item), marks, el("span.tick", null, "✓"), foot].filter(Boolean);
  for (const one of seen) one.setAttribute("aria-hidden", "true"); // what is heard is said in one piece
  cell.replaceChildren(el("span.unseen", null, spoken(item)), ...seen);
  if (going(item)) tick(cell, item);
}

/** Fill a running cell a little further. @param {any} cell @param {any} item */
export function tick(cell, item) {
  const done = percent(item);
  const fill = cell.querySelector(".fill");
  if (!fill) return;
  fill.style.transform = `scaleY(${done / 100})`;
  cell.querySelector("b").textContent = t("percent", { n: done });
  cell.querySelector(".secs").textContent = t("seconds", { n: Math.max(0, Math.round(Date.now() / 1000 - item.since)) });
}
