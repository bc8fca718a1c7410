// All about one request, beside its picture.

import { source, spoken, stateOf } from "./cell.js";
import { copy, el, get, number, points, post, say, t, when } from "./dom.js";

/** @param {string} text @param {...any} parts */
const row = (text, ...parts) => [el("dt", null, text), el("dd", null, ...parts)];

/** @param {any} told */
function asked(told) {
  const wanted = told.requested ?? {};
  const changed = new Map((told.adjustments ?? []).map((/** @type {any} */ one) => [one.field, one]));
  const fields = [["model", wanted.model_id, told.model_id, "model_id"], ["size", wanted.size, told.got.size, "size"], ["ratio", wanted.aspect_ratio, told.got.aspect_ratio, "aspect_ratio"]];
  const rows = fields.flatMap(([name, before, now, field]) => {
    const why = changed.get(field) ?? changed.get(name);
    if (why || (before && now && before !== now)) return row(t(String(name)), el("del", null, why?.from ?? before ?? t("auto")), " → ", el("ins", { title: why?.reason }, why?.to ?? now), " ", el("span", null, why?.reason ?? t("adjusted")));
    return now ? row(t(String(name)), name === "model" ? told.model_name ?? now : now) : [];
  });
  return el("dl", null, rows, told.got.width ? row(t("got"), `${told.got.width} × ${told.got.height}`) : []);
}

/** @param {any} told */
function standing(told) {
  return el("dl", null,
    row(t("state"), stateOf(told)),
    told.credit === undefined ? [] : row(t("price"), points(told.credit), " · ", t(`charged_${told.charged}`)),
    told.elapsed || told.seconds ? row(t("duration"), t("seconds", { n: number(told.elapsed ?? told.seconds) })) : [],
    row(t("who"), source(told)),
    row(t("when"), when(told.created_at)),
    told.task_id ? row(t("task"), told.task_id) : []);
}

/** @param {string} title @param {any[]} many @param {(id: string) => void} open */
function strip(title, many, open) {
  if (!many.length) return null;
  const shown = many.map((one) => el("button", { type: "button", "aria-label": spoken(one), onclick: () => open(one.id) },
    one.pictures[0]?.small ? el("img", { src: one.pictures[0].small, alt: "" }) : stateOf(one)));
  return el("section", null, el("h3", null, title), el("div.strip", null, shown));
}

/** @param {string} title @param {string | null} line */
const command = (title, line) => line && el("section", null, el("h3", null, title, el("button", { type: "button", onclick: () => copy(line) }, t("copy"))), el("pre", null, line));

/** @param {any} told @param {() => void} done */
export function doubt(told, done) {
  const settle = async (/** @type {boolean} */ charged) => {
    try {
      await post("/api/settle", { id: told.id, charged });
      done();
    } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
  };
  const price = points(told.credit);
  return el("div.doubtful", null, el("strong", null, `⚠ ${told.prompt ?? t("no_prompt")} · ${price}`), el("p", null, told.error?.message ?? ""), el("p", null, t("uncertain_text")),
    el("div.do", null, el("button", { type: "button", onclick: () => settle(true) }, t("was_charged", { price })), el("button", { type: "button", onclick: () => settle(false) }, t("was_not_charged", { price }))));
}

/** @param {any} told @param {() => void} done */
function trouble(told, done) {
  if (told.state === "uncertain") return doubt(told, done);
  if (!told.error && !(told.missing ?? []).length) return null;
  const why = (told.missing ?? []).map((/** @type {string} */ one) => el("p", null, one || t("not_made")));
  return el("div.wrong", null, told.error && el("strong", null, told.error.message), told.error && el("p", null, told.error.suggestion), why, told.error && el("small", null, t(`charged_${told.charged}`)));
}

/**
 * Fill the side with what the books know of a request.
 * @param {any} side @param {string} id @param {{ open: (id: string) => void, done: () => void }} does
 */
export async function fill(side, id, does) {
  const { picture: told } = await get(`/pictures/${id}`);
  if (side.dataset.id !== id) return;
  side.replaceChildren(...[
    el("section", null, el("h3", null, t("prompt"), told.prompt && el("button", { type: "button", onclick: () => copy(told.prompt) }, t("copy"))), el("p.words", null, told.prompt ?? t("no_prompt"))),
    trouble(told, does.done),
    standing(told), asked(told),
    strip(t("made_from"), told.parents, does.open), strip(t("made_into"), told.children, does.open),
    told.resumable ? command(t("resume_by"), told.resume_command) : null,
    command(t("command"), told.again_command),
  ].filter(Boolean));
}
