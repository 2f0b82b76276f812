// What the parts of the manager's screen share: the server's time, durations in words, icons, and acting.

import { pageData, post, t, Refusal } from "./page.js";

export { icon } from "./words.js";

const clock = { now: () => Date.now() };

/** The server's time in milliseconds. */
export const now = () => clock.now();

/** Take the time from the live link. */
export function setNow(source) {
  clock.now = source;
}

/** Whole minutes since a time of a frame; never negative. */
export const minutesSince = (iso) => Math.max(0, Math.floor((now() - Date.parse(iso)) / 60_000));

/** The same until a moment to come. */
export const minutesUntil = (iso) => Math.max(0, Math.round((Date.parse(iso) - now()) / 60_000));

/** How long ago, in words. */
export function lasting(iso) {
  const minutes = minutesSince(iso);
  if (minutes < 1) return t("manager.moment");
  if (minutes < 60) return t("manager.minutes", { m: minutes });
  return t("manager.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** A word of the hall for a code of a frame: state, window_state, class. */
export const word = (group, code) => pageData.texts[`words.${group}.${code}`] ?? code;

/** Send a decision; says what was refused, answers whether it was done. */
export async function act(path, fields) {
  try {
    await post(`/${pageData.hall}/manager/${path}`, fields);
    hush(document);
    return true;
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("manager.unreachable"));
    return false;
  }
}

/** What was refused, as a sentence that goes by itself. */
export const toast = (words) => show(words, "toast toast--refused");

/** What was done. */
export const told = (words) => show(words, "toast");

/** What was said before is over with the next act. */
const hush = (where) => where.querySelectorAll(".toast").forEach((each) => each.remove());

function show(words, className) {
  const box = Object.assign(document.createElement("div"), { className, textContent: words });
  const above = document.querySelector("dialog[open]") ?? document.getElementById("toasts");
  hush(above);
  above.append(box);
  setTimeout(() => box.remove(), 6000);
}
