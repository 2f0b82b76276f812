// What a phone keeps of walkthroughs: the pages of those under way, and what was tapped and is not sent yet.

import { Outbox, purposes } from "./outbox.js";
import { pageData, post, postFile, Refusal } from "./page.js";

const PAGES = "walkthroughs";
const CLOCK = "hallqueue-clock";
const SET_BACK = 1000; // a clock that went back by more, ms, was set
const PATIENCE = 15_000; // ms for an answer: nobody waits for it at the glass, and a thin link would lose every shorter one
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

/**
 * The hall's time, ms, on a phone whose own clock may be wrong, and be set while one walks: {moment(), told(now)}. Begins
 * with what the page was told; one that was kept does not know it and takes what was measured last.
 */
export function hallClock(now) {
  const read = () => ({ wall: Date.now(), steady: performance.now() });
  let offset = Number(localStorage.getItem(CLOCK) ?? 0);
  let seen = read();
  const set = (found) => localStorage.setItem(CLOCK, (offset = found));
  const told = (at) => {
    seen = read();
    set(at - seen.wall);
  };
  const moment = () => {
    const last = seen;
    seen = read();
    const back = seen.steady - last.steady - (seen.wall - last.wall);
    if (back > SET_BACK) set(offset + back); // a phone asleep counts less by itself than its clock, never more
    return Math.round(seen.wall + offset);
  };
  if (!document.documentElement.dataset.kept) told(now);
  return { moment, told };
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
      else await post(`${at}${verb}/`, fields, { key, tries: 1, patience: PATIENCE });
      await onSent(item);
    },
    isFinal: (error) => error instanceof Refusal && !LATER.includes(error.status) && error.code !== "csrf" && !doorFor(error),
    onChange,
    onRefused,
    onLater,
  });
}
