// The gallery: fixed cells whose place is arithmetic, so that a hundred thousand cost as much as a hundred.

import { draw, going, tick } from "./cell.js";
import { by, el } from "./dom.js";

const GAP = 8;
const LEAST = 208;
const NARROW = 720;
const SPARE_ROWS = 2;
const TALLEST = 8_000_000; // Browsers cap the height of an element; above this the scroll is scaled.
const WAIT_MS = 60;

export class Grid {
  /** @param {import("./store.js").Store} store @param {import("./chosen.js").Chosen} chosen */
  constructor(store, chosen) {
    this.store = store;
    this.chosen = chosen;
    this.scroller = by("scroller");
    this.canvas = by("gallery");
    /** @type {Map<number, any>} the cells that are drawn, by their place */
    this.cells = new Map();
    /** @type {any[]} cells that wait to be used again */
    this.spare = [];
    this.width = this.height = this.whole = 0;
    this.columns = 2;
    this.side = LEAST;
    this.step = LEAST + GAP;
    this.scale = 1;
    this.focused = 0;
    this.drawing = 0;
    this.waiting = 0;
    this.refreshing = 0;
    this.measure();
    this.scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(this.scroller);
    store.addEventListener("change", () => this.later());
    setInterval(() => this.tick(), 500);
  }

  measure() {
    const style = getComputedStyle(this.scroller);
    this.width = this.scroller.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.height = this.scroller.clientHeight;
    this.columns = innerWidth < NARROW ? 2 : Math.max(2, Math.floor((this.width + GAP) / (LEAST + GAP)));
    this.side = Math.max(40, Math.floor((this.width - GAP * (this.columns - 1)) / this.columns));
    this.step = this.side + GAP;
  }

  /** The height of all rows, and how much of it a pixel of scrolling stands for. */
  lay() {
    const rows = Math.ceil(this.store.total / this.columns);
    this.whole = rows * this.step;
    const shown = Math.min(this.whole, TALLEST);
    this.scale = shown > this.height && this.whole > shown ? (this.whole - this.height) / (shown - this.height) : 1;
    this.canvas.style.height = `${shown}px`;
  }

  resized() {
    const kept = this.firstIndex();
    this.measure();
    this.lay();
    this.scrollTo(kept);
    this.refresh();
  }

  /** @returns {number} where the top of the view is, in the height of all rows */
  top() {
    return this.scroller.scrollTop * this.scale;
  }

  firstIndex() {
    return Math.round(this.top() / this.step) * this.columns;
  }

  /** @param {number} index */
  scrollTo(index) {
    this.scroller.scrollTop = (Math.floor(index / this.columns) * this.step) / this.scale;
  }

  /** Bring a place into view, and move no more than is needed. @param {number} index */
  reveal(index) {
    const y = Math.floor(index / this.columns) * this.step;
    const top = this.top();
    if (y < top) this.scroller.scrollTop = y / this.scale;
    else if (y + this.step > top + this.height) this.scroller.scrollTop = (y + this.step - this.height) / this.scale;
    this.paint();
  }

  soon() {
    if (!this.drawing) this.drawing = requestAnimationFrame(() => { this.drawing = 0; this.paint(); });
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.want(), WAIT_MS);
  }

  range() {
    const top = this.top();
    const from = Math.max(0, Math.floor(top / this.step) - SPARE_ROWS) * this.columns;
    const to = Math.min(this.store.total, (Math.ceil((top + this.height) / this.step) + SPARE_ROWS) * this.columns);
    return { from, to, top };
  }

  want() {
    const { from, to } = this.range();
    this.store.want(from, to).catch(() => undefined);
    this.onplace?.(this.firstIndex());
  }

  /** @type {((index: number) => void) | undefined} */
  onplace;

  /** Several changes in one frame are drawn once. */
  later() {
    if (!this.refreshing) this.refreshing = requestAnimationFrame(() => { this.refreshing = 0; this.refresh(); });
  }

  /** Draw anew what is in view. */
  refresh() {
    this.lay();
    for (const [index, cell] of this.cells) this.fill(cell, index, true);
    this.paint();
    this.want();
    by("empty").hidden = this.store.total > 0;
  }

  /** Put every cell of the range in its place, and give back those that have left it. */
  paint() {
    const { from, to, top } = this.range();
    for (const [index, cell] of this.cells) {
      if (index >= from && index < to) continue;
      this.cells.delete(index);
      this.spare.push(cell);
    }
    const shift = this.scroller.scrollTop - top;
    for (let index = from; index < to; index++) {
      let cell = this.cells.get(index);
      if (!cell) {
        cell = this.spare.pop() ?? this.made();
        this.cells.set(index, cell);
        this.fill(cell, index, false);
      }
      const y = Math.floor(index / this.columns) * this.step + shift;
      cell.style.transform = `translate(${(index % this.columns) * this.step}px, ${y}px)`;
    }
    while (this.spare.length > 40) this.spare.pop().remove();
    for (const cell of this.spare) cell.hidden = true;
  }

  made() {
    const cell = el("div.cell", { role: "option", tabindex: -1, draggable: "true" });
    this.canvas.append(cell);
    return cell;
  }

  /** @param {any} cell @param {number} index @param {boolean} anew */
  fill(cell, index, anew) {
    const item = this.store.at(index);
    cell.hidden = false;
    if (!anew || cell.item !== item) draw(cell, item);
    cell.item = item;
    cell.index = index;
    cell.style.width = cell.style.height = `${this.side}px`;
    cell.tabIndex = index === this.focused ? 0 : -1;
    cell.setAttribute("aria-posinset", String(index + 1));
    cell.setAttribute("aria-setsize", String(this.store.total));
    cell.setAttribute("aria-selected", String(Boolean(item && this.chosen.has(item.id))));
  }

  tick() {
    for (const cell of this.cells.values()) if (cell.item && going(cell.item)) tick(cell, cell.item);
  }

  /** @param {number} index @param {boolean} [look] move the eyes there too */
  focus(index, look = true) {
    const before = this.cells.get(this.focused);
    if (before) before.tabIndex = -1;
    this.focused = Math.max(0, Math.min(this.store.total - 1, index));
    this.reveal(this.focused);
    const cell = this.cells.get(this.focused);
    if (!cell) return;
    cell.tabIndex = 0;
    if (look) cell.focus({ preventScroll: true });
  }

  /** Mark anew what is chosen. */
  mark() {
    for (const cell of this.cells.values()) cell.setAttribute("aria-selected", String(Boolean(cell.item && this.chosen.has(cell.item.id))));
  }
}
