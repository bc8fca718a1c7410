// Where one is: the address holds the view, the filters, the place and the picture.

export const FILTERS = ["q", "model", "size", "user", "state", "batch", "since", "until", "stars"];

/** @returns {Record<string, string>} */
export function filters() {
  const asked = new URLSearchParams(location.search);
  return Object.fromEntries(FILTERS.flatMap((name) => (asked.get(name) ? [[name, asked.get(name) ?? ""]] : [])));
}

/** @param {Record<string, any>} more @returns {string} a query of the filters and more */
export function query(more = {}) {
  const told = new URLSearchParams(filters());
  for (const [name, value] of Object.entries(more)) if (value !== null && value !== undefined && value !== "") told.set(name, value);
  return told.toString();
}

/** @param {Record<string, string | number | null>} changes what is to stand in the address @param {boolean} [step] a step that "back" undoes */
export function put(changes, step = false) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "" || value === 0) address.searchParams.delete(name);
    else address.searchParams.set(name, String(value));
  }
  if (address.href === location.href) return;
  history[step ? "pushState" : "replaceState"](null, "", address);
}

/** @param {string} name */
export const at = (name) => new URLSearchParams(location.search).get(name);

/** @returns {"money" | "look"} */
export const view = () => (location.pathname === "/money" ? "money" : "look");
