// The few things that every part of the page needs: texts, elements, requests, questions.

/** @type {any} */
export const first = JSON.parse(document.getElementById("first")?.textContent ?? "{}");
const words = first.words ?? {};

/**
 * A text of the page; "{n:point}" is a number with its noun, as the program writes them.
 * @param {string} key @param {Record<string, unknown>} [values]
 */
export function t(key, values = {}) {
  const filled = (/** @type {string} */ _, /** @type {string} */ name, /** @type {string} */ noun) => {
    const value = String(values[name] ?? "");
    return noun ? `${value} ${noun}${value === "1" ? "" : "s"}` : value;
  };
  return (words[key] ?? key).replace(/\{(\w+)(?::(\w+))?\}/g, filled);
}

const digits = new Intl.NumberFormat(first.language === "zh" ? "zh-CN" : "en");

/** @param {number} n */
export const number = (n) => digits.format(n);

/** @param {number | undefined} n */
export const points = (n) => t("points", { n: number(n ?? 0) });

/** @param {string} id @returns {any} */
export const by = (id) => document.getElementById(id);

/**
 * An element with its properties, attributes and children; text is only ever text.
 * @param {string} kind "div", or "div.one.two"
 * @param {Record<string, any> | null} [given]
 * @param {...any} children
 * @returns {any}
 */
export function el(kind, given, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(9).filter((/** @type {any} */ one) => one !== null && one !== undefined && one !== false));
  return made;
}

/** @param {string} told @returns {any} */
export function drawing(told) {
  return document.importNode(new DOMParser().parseFromString(told, "image/svg+xml").documentElement, true);
}

/** What the studio answered when it said no. */
export class Refused extends Error {
  /** @param {any} body @param {number} status */
  constructor(body, status) {
    super(body?.error?.message ?? t("failed_load"));
    this.error = body?.error ?? {};
    this.status = status;
  }
}

/** @param {Response} answer @returns {Promise<any>} */
async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body, answer.status);
  return body;
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
export const get = async (path, signal) => read(await fetch(path, { headers: { accept: "application/json" }, signal }));

/** @param {string} path @param {object} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function post(path, body, signal) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal }));
}

/** @param {Blob} file @returns {Promise<any>} */
export async function upload(file) {
  return read(await fetch("/api/inputs", { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file }));
}

let hushing = 0;
/** Say something that needs no answer; nothing about money is said here alone. @param {string} text */
export function say(text) {
  by("said").textContent = text;
  clearTimeout(hushing);
  hushing = window.setTimeout(() => { by("said").textContent = ""; }, 4000);
}

/**
 * Ask before what cannot be undone; the button itself says what will be.
 * @param {string} text @param {string} yes @param {string} [label] a line to fill in
 * @returns {Promise<string | null>} null: no
 */
export function ask(text, yes, label) {
  const dialog = by("ask");
  const field = label ? el("input", { name: "reason", maxlength: 200 }) : null;
  const form = el("form", { method: "dialog" }, el("p", null, text), field && el("label", null, label, " ", field),
    el("div.do", null, el("button", { value: "" }, t("cancel")), el("button.primary", { value: "yes" }, yes)));
  dialog.replaceChildren(form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes" ? field?.value ?? "" : null), { once: true });
  });
}

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", null, text);
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(t("copied"));
}

/** @param {number} seconds Unix seconds */
export const when = (seconds) => new Date(seconds * 1000).toLocaleString(first.language === "zh" ? "zh-CN" : "en");
