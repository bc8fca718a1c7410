// Facts by range: pages of a shelf as it was when one began to look, fetched when they come into view.

import { get } from "./dom.js";
import { query } from "./place.js";

const PAGE = 60;
const MOST_PAGES = 40;

/** The facts that are at hand. Memory stays flat: what was not looked at for long is let go. */
export class Store extends EventTarget {
  constructor() {
    super();
    /** @type {Map<number, any[]>} */
    this.pages = new Map();
    /** @type {Map<number, AbortController>} */
    this.asking = new Map();
    this.total = 0;
    /** @type {string | null} */
    this.top = null;
  }

  /** @param {any} look what the studio told with the page */
  begin(look) {
    for (const one of this.asking.values()) one.abort();
    this.asking.clear();
    this.pages.clear();
    this.total = look.total;
    this.top = look.top;
    this.take(look);
  }

  /** @param {any} look */
  take(look) {
    if (look.offset % PAGE) return;
    this.pages.set(look.offset / PAGE, look.items);
    while (this.pages.size > MOST_PAGES) this.pages.delete(/** @type {number} */ (this.pages.keys().next().value));
  }

  async reload() {
    this.begin(await get(`/api/items?${query({ limit: PAGE })}`));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {number} index @returns {any} the facts, if they are at hand */
  at(index) {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** @param {string} id @returns {number} where it is, as far as is known */
  find(id) {
    for (const [page, items] of this.pages) {
      const place = items.findIndex((one) => one.id === id);
      if (place >= 0) return page * PAGE + place;
    }
    return -1;
  }

  /** @param {any} item new facts of one that may be at hand @returns {boolean} */
  update(item) {
    const index = this.find(item.id);
    if (index < 0) return false;
    /** @type {any[]} */ (this.pages.get(Math.floor(index / PAGE)))[index % PAGE] = item;
    return true;
  }

  /** Have a range at hand. What has left the view is not waited for any more. @param {number} from @param {number} to */
  async want(from, to) {
    const pages = new Set();
    for (let page = Math.floor(Math.max(0, from) / PAGE); page * PAGE <= Math.min(to, this.total - 1); page++) pages.add(page);
    for (const [page, one] of this.asking) if (!pages.has(page)) one.abort();
    await Promise.all([...pages].map((page) => this.fetch(page)));
  }

  /** @param {number} page */
  async fetch(page) {
    const known = this.pages.get(page);
    if (known) {
      this.pages.delete(page);
      this.pages.set(page, known);
      return;
    }
    if (this.asking.has(page)) return;
    const asking = new AbortController();
    this.asking.set(page, asking);
    try {
      const look = await get(`/api/items?${query({ offset: page * PAGE, limit: PAGE, top: this.top, count: 0 })}`, asking.signal);
      this.take(look);
      this.dispatchEvent(new Event("change"));
    } catch (wrong) {
      if (!asking.signal.aborted) throw wrong;
    } finally {
      if (this.asking.get(page) === asking) this.asking.delete(page);
    }
  }
}
