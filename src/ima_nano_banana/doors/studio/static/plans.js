// Plans that wait for somebody who decides; what a decision costs stands in its button.

import { by, el, points, post, say, t } from "./dom.js";

/** @param {string} path @param {object} body */
async function send(path, body) {
  try {
    await post(path, body);
  } catch (wrong) { say(String(/** @type {Error} */ (wrong).message)); }
}

/** @param {any} plan */
function card(plan) {
  const price = points(plan.credit);
  const decide = (/** @type {string} */ state) => send("/api/plans", { plan_id: plan.plan_id, digest: plan.digest, state });
  const button = (/** @type {string} */ kind, /** @type {string} */ text, /** @type {() => unknown} */ does) => el(kind, { type: "button", onclick: (/** @type {any} */ event) => { event.target.disabled = true; void does(); } }, text);
  const does = plan.state === "approved" ? [button("button.primary", t("generate_for", { price }), () => send("/api/plans/run", { plan_id: plan.plan_id }))]
    : [button("button.primary", t("approve_for", { price }), () => decide("approved")), button("button", t("refuse"), () => decide("refused"))];
  const facts = [plan.user, plan.model_name, plan.size, plan.aspect_ratio, plan.count > 1 ? `× ${plan.count}` : ""].filter(Boolean).join(" · ");
  return el("div.plan", null, el("div", null, el("strong", null, plan.prompt ?? t("no_prompt")), el("p", null, t(plan.state === "approved" ? "plan_approved" : "plan_waits"), " · ", facts)), el("div.do", null, does));
}

/** @param {any[]} plans */
export function show(plans) {
  const place = by("plans");
  const told = JSON.stringify(plans);
  if (place.dataset.told === told) return;
  place.dataset.told = told;
  place.hidden = !plans.length;
  place.replaceChildren(...plans.map(card));
}
