// Zoom and pan that several panes share: with the wheel, two fingers, a double click, or + and -.

const MOST = 12;

/** @param {any[]} panes */
export function zoomed(panes) {
  const now = { scale: 1, x: 0, y: 0 };
  const apply = () => {
    for (const pane of panes) {
      const img = pane.querySelector("img");
      if (img) img.style.transform = now.scale === 1 ? "" : `translate(${now.x}px, ${now.y}px) scale(${now.scale})`;
    }
  };
  const zoom = (/** @type {any} */ pane, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ factor) => {
    const frame = pane.getBoundingClientRect();
    const scale = Math.max(1, Math.min(MOST, now.scale * factor));
    const [px, py] = [x - frame.left, y - frame.top];
    now.x = scale === 1 ? 0 : px - ((px - now.x) * scale) / now.scale;
    now.y = scale === 1 ? 0 : py - ((py - now.y) * scale) / now.scale;
    now.scale = scale;
    apply();
  };
  for (const pane of panes) {
    pane.addEventListener("wheel", (/** @type {WheelEvent} */ event) => {
      event.preventDefault();
      zoom(pane, event.clientX, event.clientY, Math.exp(-event.deltaY / 400));
    }, { passive: false });
    pane.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => zoom(pane, event.clientX, event.clientY, now.scale > 1 ? 0 : 3));
    fingers(pane, now, apply, zoom);
  }
  panes[0]?.closest("dialog").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const pane = panes[0];
    if (!pane.isConnected || !["+", "=", "-", "0"].includes(event.key)) return;
    const frame = pane.getBoundingClientRect();
    zoom(pane, frame.left + frame.width / 2, frame.top + frame.height / 2, event.key === "0" ? 0 : event.key === "-" ? 1 / 1.5 : 1.5);
  });
}

/** @param {any} pane @param {{ scale: number, x: number, y: number }} now @param {() => void} apply @param {Function} zoom */
function fingers(pane, now, apply, zoom) {
  /** @type {Map<number, PointerEvent>} */
  const down = new Map();
  pane.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    down.set(event.pointerId, event);
    pane.setPointerCapture(event.pointerId);
  });
  pane.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const other = [...down.values()].find((one) => one.pointerId !== event.pointerId);
    if (other) {
      const far = (/** @type {PointerEvent} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(pane, (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2, far(event) / far(before));
    } else if (now.scale > 1) {
      now.x += event.clientX - before.clientX;
      now.y += event.clientY - before.clientY;
      apply();
    }
    down.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel"]) pane.addEventListener(name, (/** @type {PointerEvent} */ event) => down.delete(event.pointerId));
}
