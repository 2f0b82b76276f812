// The kiosk's two ties to the server: is it there (asked every second and a half), and the one request that takes a number.

import { pageData, post, Refusal } from "./page.js";

const EVERY = 1500;
const PATIENCE = 2500;
const KEEP_TRYING = 60_000;
const KEPT = "hallqueue.kiosk.pending";

/** Ask again and again whether the server answers, and tell `onLook(reachable)` each time, within five seconds. Returns {there()}. */
export function watchServer(onLook) {
  let reachable = true;
  const look = async () => {
    onLook((reachable = await answers()));
    setTimeout(look, EVERY);
  };
  addEventListener("offline", () => onLook((reachable = false)));
  setTimeout(look, EVERY);
  return { there: () => reachable };
}

async function answers() {
  try {
    const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return response.ok;
  } catch {
    return false;
  }
}

/** Fetch departments and services as they stand at `setup`. */
export async function fetchCatalogue(setup = "") {
  const url = `/${pageData.hall}/kiosk/catalogue.json?setup=${encodeURIComponent(setup)}`;
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000) });
  if (!response.ok) throw new Error(`catalogue: ${response.status}`);
  return response.json();
}

/**
 * Take the number `pending` asks for ({key, fields, at}; `path` "check-in" for an appointment's). A lost answer is asked for again with the same key for a
 * minute, so there is never a second ticket; `onTrouble` is called when the first try failed. Throws Refusal;
 * returns null when the minute is over.
 */
export async function takeNumber(pending, onTrouble) {
  sessionStorage.setItem(KEPT, JSON.stringify(pending));
  try {
    while (Date.now() - pending.at < KEEP_TRYING) {
      try {
        return await post(url(pending), pending.fields, { key: pending.key, patience: 3500, tries: 1 });
      } catch (error) {
        if (error instanceof Refusal && error.status < 500) throw error;
        onTrouble(error);
        await new Promise((go) => setTimeout(go, 1000));
      }
    }
    return null;
  } finally {
    sessionStorage.removeItem(KEPT);
  }
}

/** The request that a reload interrupted, if it is fresh enough to be finished. */
export function interrupted() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return kept && Date.now() - kept.at < KEEP_TRYING ? kept : null;
}

const url = (pending) => `/${pageData.hall}/kiosk/${pending.path ?? "take"}/?lang=${pending.fields.language}`;
