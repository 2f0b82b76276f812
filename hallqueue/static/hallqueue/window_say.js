// Saying a verb at a window: one key per press until it is answered; while the server is away the same key is sent again.

import { newKey, post, Refusal, t, Unreachable } from "./page.js";

const GIVE_UP_AFTER = 60_000;
const BETWEEN_TRIES = 1_000;
const PATIENCE = 3_000;

/** What is being said now: {verb, lost}; verb is null when nothing is under way. */
export const saying = { verb: null, lost: false, tookMs: 0 };

/**
 * Say `verb` at `url`. Returns the answer, or null when something else is still under way (a second press).
 * Throws Refusal (a sentence for the clerk) or Unreachable (no answer for a minute, or given up).
 */
export async function say(url, verb, fields, onChange) {
  if (saying.verb) return null;
  const begun = performance.now();
  Object.assign(saying, { verb, lost: false, givenUp: false });
  onChange();
  try {
    return await untilAnswered(url, fields, newKey(), onChange);
  } finally {
    Object.assign(saying, { verb: null, lost: false, tookMs: performance.now() - begun });
    onChange();
  }
}

/** Stop trying; what became of the verb is seen when the page is live again. */
export function giveUp() {
  saying.givenUp = true;
}

const gaveUp = () => new Unreachable(t("window.gave_up", { verb: t(`window.verb.${saying.verb}`) }));

async function untilAnswered(url, fields, key, onChange) {
  const begun = Date.now();
  for (;;) {
    try {
      return await post(url, fields, { key, patience: PATIENCE, tries: 1 });
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) throw error;
      if (saying.givenUp || Date.now() - begun > GIVE_UP_AFTER) throw gaveUp();
      saying.lost = true;
      onChange();
      await new Promise((go) => setTimeout(go, BETWEEN_TRIES));
    }
  }
}
