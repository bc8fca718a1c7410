// Puts the page together.

import { Chosen } from "./chosen.js";
import { by, el, first, get, number, post, t } from "./dom.js";
import { Filters } from "./filters.js";
import { Grid } from "./grid.js";
import { asInput, lend } from "./hands.js";
import * as keys from "./keys.js";
import { Make } from "./make.js";
import * as money from "./money.js";
import { at, put, view } from "./place.js";
import { Store } from "./store.js";
import * as stream from "./stream.js";
import * as top from "./top.js";
import { Viewer } from "./viewer.js";

const store = new Store();
store.begin(first.look ?? { total: 0, offset: 0, items: [], top: null });
const chosen = new Chosen();
const grid = new Grid(store, chosen);
const make = new Make(() => { if (view() !== "look") go("look"); grid.scroller.scrollTop = 0; });
const viewer = new Viewer(grid, make);
const filters = new Filters(() => void reload());
let fresh = 0;

async function reload() {
  fresh = 0;
  by("fresh").hidden = true;
  await store.reload();
  grid.scrollTo(0);
  shown();
}

function shown() {
  filters.counted(store.total);
  const searching = location.search.length > 1;
  const begin = el("button.primary", { type: "button", onclick: () => make.take({ prompt: t("first_prompt"), size: "1K", count: 1 }) }, t("first_sandbox"));
  by("empty").replaceChildren(el("p", null, t(searching ? "empty_filter" : "empty")), first.bar?.sandbox && !searching ? begin : "");
}

/** Something new: it comes in at once where one looks at the top, and else waits to be called. */
function arrived() {
  fresh += 1;
  clearTimeout(arrived.waiting);
  arrived.waiting = window.setTimeout(() => {
    if (grid.scroller.scrollTop < 8 && !viewer.dialog.open) return void reload();
    by("fresh").textContent = t("fresh", { n: number(fresh) });
    by("fresh").hidden = false;
  }, 60);
}
arrived.waiting = 0;

/** @param {any} item */
function changed(item) {
  if (item.untold) void post("/api/told", { ids: [item.id] }).catch(() => undefined);
  if (chosen.has(item.id)) chosen.items.set(item.id, item);
  if (store.update(item)) {
    grid.refresh();
    viewer.fresh(item);
  } else if (!store.top || item.created_at > parseFloat(store.top)) arrived();
}

/** @param {any} bar */
function stands(bar) {
  top.show(bar, { doubts: () => go("money"), plans: () => { go("look"); by("plans").querySelector("button")?.focus(); }, going: () => { go("look"); filters.reset({ state: "open" }); } });
  make.stands(bar);
  if (view() === "money") void money.show().catch(() => undefined);
}

/** @param {"look" | "money"} where */
function go(where, step = true) {
  if (step && view() !== where) history.pushState(null, "", where === "money" ? "/money" : "/");
  by("look").hidden = where !== "look";
  by("money").hidden = where !== "money";
  if (where === "money") void money.show().catch(() => undefined);
  else grid.resized();
}

function addresses() {
  document.addEventListener("click", (event) => {
    const link = /** @type {any} */ (event.target).closest?.("[data-go]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (link.dataset.go === "look" && view() === "look") filters.reset();
    else go(link.dataset.go);
  });
  addEventListener("popstate", () => {
    go(view(), false);
    filters.again();
  });
}

/** @param {"edit" | "again" | "star" | "facts"} does */
async function act(does) {
  const item = store.at(grid.focused);
  if (!item || view() !== "look") return;
  const input = asInput(item);
  if (does === "edit" && input) make.take({ prompt: "", model: item.model_id, size: item.size }, [input]);
  else if (does === "again") make.take((await get(`/pictures/${item.id}`)).form);
  else if (does === "facts") await viewer.open(grid.focused);
  else if (does === "star") {
    item.starred = !item.starred;
    await post("/api/stars", { ids: [item.id], on: item.starred });
    grid.refresh();
  }
}

function back() {
  if (by("make").classList.contains("up")) make.raise(false);
  else if (chosen.items.size) chosen.clear();
  else if (view() === "money") go("look");
  else grid.focus(grid.focused);
}

function begin() {
  lend({ grid, chosen, open: (index) => void viewer.open(index) });
  chosen.does = { use: (items) => make.use(items.map(asInput).filter(Boolean)), compare: (items) => { viewer.index = -1; viewer.show(items, 1); } };
  chosen.addEventListener("change", () => grid.mark());
  chosen.addEventListener("stale", () => { store.pages.clear(); grid.refresh(); });
  grid.onplace = (index) => put({ at: index });
  by("fresh").addEventListener("click", () => void reload());
  by("raise").addEventListener("click", () => make.raise(true));
  by("looking").hidden = Boolean(first.session);
  top.listen();
  keys.listen({ search: () => filters.search.focus(), make: () => make.raise(true), back, act: (does) => void act(does), viewer: (event) => viewer.key(event) });
  addresses();
  stands(first.bar);
  shown();
  go(view(), false);
  const place = Number(at("at")) || 0;
  grid.refresh();
  if (place) grid.scrollTo(place);
  viewer.restore();
  for (const item of first.look?.items ?? []) if (item.untold) changed(item);
  stream.listen((name, told) => {
    if (name === "item") changed(told);
    else if (name === "bar") stands(told);
    else if (name === "reload") void reload();
  });
}

begin();
