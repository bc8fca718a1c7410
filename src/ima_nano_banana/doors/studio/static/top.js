// The bar: money in its corner, what is to be done, freeze, language and theme.

import { show as plans } from "./plans.js";
import { ask, by, el, first, number, points, post, say, t } from "./dom.js";

/** @param {any} bar */
function today(bar) {
  const told = bar.limit ? t("of_limit", { used: number(bar.limit.points - bar.limit.left), limit: number(bar.limit.points) }) : points(bar.today);
  by("today").replaceChildren(el("small", null, `${t("today")} `), told);
  by("today").setAttribute("aria-label", `${t("today")}: ${told}. ${t("money")}`);
}

/** @param {any} bar @param {{ doubts: () => void, going: () => void, plans: () => void }} does */
export function show(bar, does) {
  today(bar);
  by("sandbox").hidden = !bar.sandbox;
  const frozen = bar.frozen.length > 0;
  by("freeze").textContent = t(frozen ? "unfreeze" : "freeze");
  by("freeze").setAttribute("aria-pressed", String(frozen));
  by("frozen").hidden = !frozen;
  by("frozen").textContent = frozen ? `✋ ${t("frozen_text")} ${bar.frozen.map((/** @type {any} */ one) => [one.user, one.reason].filter(Boolean).join(": ")).filter(Boolean).join(" · ")}` : "";
  plans(bar.waiting);
  const waiting = bar.waiting.filter((/** @type {any} */ one) => one.state === "proposed").length;
  by("counts").replaceChildren(...[
    waiting ? el("button.doubt", { type: "button", onclick: does.plans }, t("waiting_count", { n: number(waiting) })) : null,
    bar.uncertain ? el("button.doubt", { type: "button", onclick: does.doubts }, `⚠ ${t("uncertain_count", { n: number(bar.uncertain) })}`) : null,
    bar.going ? el("button.going", { type: "button", onclick: does.going }, t("going_count", { n: number(bar.going) })) : null,
  ].filter(Boolean));
}

async function freeze() {
  const on = by("freeze").getAttribute("aria-pressed") !== "true";
  const reason = on ? await ask(t("freeze_ask"), t("freeze"), t("reason")) : "";
  if (reason === null) return;
  try {
    await post("/api/freeze", { on, reason });
  } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
}

const THEMES = ["auto", "light", "dark"];
const SIGNS = { auto: "◐", light: "☀", dark: "☾" };

/** @param {string} theme */
function dress(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  by("theme").textContent = /** @type {any} */ (SIGNS)[theme];
  by("theme").setAttribute("aria-label", t(`theme_${theme}`));
  by("theme").title = t(`theme_${theme}`);
}

export function listen() {
  let theme = document.documentElement.dataset.theme ?? "auto";
  dress(theme);
  by("theme").addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem("ima-theme", theme);
    dress(theme);
  });
  by("language").addEventListener("click", () => {
    document.cookie = `ima_language=${first.language === "zh" ? "en" : "zh"}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  });
  by("freeze").addEventListener("click", () => void freeze());
}
