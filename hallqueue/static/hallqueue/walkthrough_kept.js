// What a phone keeps of walkthroughs: the pages of those under way, and what was tapped and is not sent yet.

import { Outbox, purposes } from "./outbox.js";
import { pageData, post, postFile, Refusal } from "./page.js";

const PAGES = "walkthroughs";
const CLOCK = "hallqueue-clock";
const LATER = [401, 408, 429, 503]; // the hall may say yes another time
const purpose = (walkthrough) => `walkthrough:${pageData.hall}:${walkthrough}`;

/** Have this page's scripts and the walkthroughs' pages kept; browsers do so over https alone. */
export async function keepPages() {
  const scope = `/${pageData.hall}/walkthroughs/`;
  await navigator.serviceWorker?.register(`${scope}keeper.js`, { scope }).catch(() => null);
}

/** Forget the kept pages of walkthroughs but these: somebody else's, or over. */
export async function forgetPages(underWay) {
  const kept = await globalThis.caches?.open(PAGES);
  for (const each of (await kept?.keys()) ?? []) {
    const [, number] = new URL(each.url).pathname.match(/\/walkthroughs\/(\d+)\/$/) ?? [];
    if (number && !underWay.includes(Number(number))) await kept.delete(each);
  }
}

/** How far the phone's clock is from the hall's, ms: a page that was kept does not know it and takes what was measured last. */
export function clockOffset(now) {
  if (document.documentElement.dataset.kept) return Number(localStorage.getItem(CLOCK) ?? 0);
  localStorage.setItem(CLOCK, now - Date.now());
  return now - Date.now();
}

/** Of these walkthroughs those of which something waits to be sent. */
export async function waitingOf(walkthroughs) {
  const found = await purposes();
  return walkthroughs.filter((each) => found.has(purpose(each)));
}

/** Where somebody must go before the hall takes anything of theirs again: to sign in, or to choose another password; else "". */
export const doorFor = ({ status, code }) => (status === 401 ? "/sign-in/" : ["password_given", "password_overdue"].includes(code) ? "/password/" : "");

/** The outbox of one walkthrough whose page is at `at`; `onSent(item)` hears of each thing that arrived. */
export function outboxOf(walkthrough, at, { onSent, onChange, onRefused, onLater }) {
  return new Outbox(purpose(walkthrough), {
    send: async (item) => {
      const { verb, fields, key, bytes, type, name } = item;
      if (verb === "files") await postFile(`${at}files/`, { ...fields, key }, name, new Blob([bytes], { type }));
      else await post(`${at}${verb}/`, fields, { key, tries: 1 });
      await onSent(item);
    },
    isFinal: (error) => error instanceof Refusal && !LATER.includes(error.status) && error.code !== "csrf" && !doorFor(error),
    onChange,
    onRefused,
    onLater,
  });
}
