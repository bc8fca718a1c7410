// What changes, as it changes: one connection for all tabs of this studio, taken up again where it broke off.

import { by } from "./dom.js";

const NAMES = ["item", "bar", "reload", "hello"];

/**
 * @param {(name: string, told: any) => void} hear
 */
export function listen(hear) {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("ima-studio") : null;
  let last = "";
  const heard = (/** @type {{ name: string, told: any, id: string }} */ one) => {
    if (one.id) last = one.id;
    by("gone").hidden = one.name !== "gone";
    if (one.name !== "gone") hear(one.name, one.told);
  };
  if (channel) channel.onmessage = (event) => heard(event.data);
  const pass = (/** @type {any} */ one) => {
    heard(one);
    channel?.postMessage(one);
  };
  const lead = () => new Promise(() => open(() => last, pass));
  // Browsers allow six connections a host, so the tabs share one; whoever holds the lock has it.
  if (channel && navigator.locks) {
    void navigator.locks.request("ima-studio-stream", { ifAvailable: true }, (lock) => {
      if (lock) return lead();
      void navigator.locks.request("ima-studio-stream", lead);
      catchUp(heard);
      return undefined;
    });
  } else void lead();
}

/** A tab that does not lead asks how the bar stands; the rest it hears. @param {(one: any) => void} heard */
function catchUp(heard) {
  fetch("/now", { headers: { accept: "application/json" } }).then((answer) => answer.json()).then((told) => heard({ name: "bar", told: told.bar, id: "" })).catch(() => undefined);
}

/** @param {() => string} last @param {(one: any) => void} pass */
function open(last, pass) {
  let source = new EventSource(`/api/events${last() ? `?after=${last()}` : ""}`);
  const again = () => {
    pass({ name: "gone", told: null, id: "" });
    // A stream that was refused is not tried again by the browser itself.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => {
      source = new EventSource(`/api/events${last() ? `?after=${last()}` : ""}`);
      attach();
    }, 1500);
  };
  const attach = () => {
    for (const name of NAMES) source.addEventListener(name, (event) => pass({ name, told: JSON.parse(event.data), id: event.lastEventId }));
    source.addEventListener("error", again);
  };
  attach();
}
