// What mouse and keyboard do in the gallery.

import { by, el } from "./dom.js";

export const DRAGGED = "application/x-ima-pictures";

/** @typedef {{ grid: import("./grid.js").Grid, chosen: import("./chosen.js").Chosen, open: (index: number) => void }} Room */

/** @param {any} item @returns {{ picture: string, number: number, small: string } | null} */
export function asInput(item) {
  const place = (item?.pictures ?? []).findIndex((/** @type {any} */ one) => !one.gone);
  return place < 0 ? null : { picture: item.id, number: place + 1, small: item.pictures[place].small };
}

/** @param {any} event @returns {any} */
const cellOf = (event) => event.target.closest?.(".cell");

/** @param {Room} room @param {number} index */
function extend({ grid, chosen }, index) {
  const [from, to] = [Math.min(chosen.anchor, index), Math.max(chosen.anchor, index)];
  chosen.add(Array.from({ length: to - from + 1 }, (_, place) => grid.store.at(from + place)));
}

/** @param {Room} room */
function clicks(room) {
  const { grid, chosen, open } = room;
  grid.canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const cell = cellOf(event);
    if (!cell?.item) return;
    grid.focus(cell.index);
    if (event.shiftKey) extend(room, cell.index);
    else if (event.ctrlKey || event.metaKey || chosen.items.size || /** @type {any} */ (event.target).closest(".tick")) chosen.toggle(cell.item, cell.index);
    else open(cell.index);
  });
  grid.canvas.addEventListener("dragstart", (/** @type {any} */ event) => {
    const cell = cellOf(event);
    const items = cell?.item && chosen.has(cell.item.id) ? [...chosen.items.values()].filter(Boolean) : [cell?.item];
    const inputs = items.map(asInput).filter(Boolean);
    if (!inputs.length) return event.preventDefault();
    event.dataTransfer.setData(DRAGGED, JSON.stringify(inputs));
    event.dataTransfer.effectAllowed = "copy";
    return undefined;
  });
}

/** @param {Room} room */
function keys(room) {
  const { grid, chosen, open } = room;
  const page = () => Math.max(1, Math.floor(grid.height / grid.step)) * grid.columns;
  /** @type {Record<string, () => number>} */
  const moves = {
    ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -grid.columns, ArrowDown: () => grid.columns,
    PageUp: () => -page(), PageDown: page, Home: () => -grid.store.total, End: () => grid.store.total,
  };
  grid.canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.altKey || event.metaKey) return;
    const move = moves[event.key]?.();
    if (move !== undefined) {
      if (event.shiftKey && !chosen.items.size) chosen.anchor = grid.focused;
      grid.focus(grid.focused + move);
      if (event.shiftKey) extend(room, grid.focused);
    } else if (event.key === "Enter") open(grid.focused);
    else if (event.key === " ") chosen.toggle(grid.store.at(grid.focused), grid.focused);
    else if (event.key === "a" && event.ctrlKey) void chosen.all();
    else return;
    event.preventDefault();
  });
}

/** Draw a box over cells to choose them. @param {Room} room */
function boxes({ grid, chosen }) {
  grid.scroller.addEventListener("pointerdown", (/** @type {PointerEvent} */ down) => {
    if (down.button || down.pointerType === "touch" || cellOf(down)) return;
    const frame = grid.canvas.getBoundingClientRect();
    if (down.clientX > frame.right) return;
    const start = { x: down.clientX - frame.left, y: down.clientY - frame.top };
    const box = el("div.box");
    const before = new Map(down.shiftKey ? chosen.items : []);
    const move = (/** @type {PointerEvent} */ event) => {
      const now = grid.canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - now.left, event.clientY - now.top];
      const [left, top, right, bottom] = [Math.min(x, start.x), Math.min(y, start.y), Math.max(x, start.x), Math.max(y, start.y)];
      if (right - left + bottom - top < 8) return;
      if (!box.isConnected) grid.canvas.append(box);
      Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
      chosen.items = new Map(before);
      chosen.add([...grid.cells.values()].filter((cell) => touched(cell.getBoundingClientRect(), box.getBoundingClientRect())).map((cell) => cell.item));
    };
    const end = () => {
      box.remove();
      removeEventListener("pointermove", move);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  });
}

/** @param {DOMRect} one @param {DOMRect} other */
const touched = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** @param {Room} room */
export function lend(room) {
  clicks(room);
  keys(room);
  boxes(room);
  by("scroller").addEventListener("focus", () => room.grid.focus(room.grid.focused));
}
