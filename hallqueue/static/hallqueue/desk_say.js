// Saying a verb at the desk: one at a time, and until it is answered the same press keeps its key.

import { newKey, post, Refusal, t } from "./page.js";

const saying = { sign: "", key: "", busy: false, over: null, next: false };

/**
 * Post a verb. What is pressed while another is under way waits for its answer; null for the same press again, and for
 * more than one that waits. After a lost answer the same verb with the same fields is sent with the same key, so it
 * happens once. Throws Refusal, Unreachable.
 */
export async function send(verb, fields, onChange) {
  const sign = JSON.stringify([verb, fields]);
  if (saying.busy) {
    if (saying.next || sign === saying.sign) return null;
    saying.next = true;
    await saying.over;
    saying.next = false;
  }
  if (sign !== saying.sign) Object.assign(saying, { sign, key: newKey() });
  let end;
  Object.assign(saying, { busy: true, over: new Promise((go) => (end = go)) });
  onChange();
  try {
    const answer = await post(`${location.pathname}${verb}/`, fields, { key: saying.key, tries: 3 });
    saying.sign = "";
    return answer;
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) saying.sign = "";
    throw error;
  } finally {
    saying.busy = false;
    end();
    onChange();
  }
}

export const isBusy = () => saying.busy;

/** What is said when a verb is done. */
export const sentence = (verb, answer, words) => t(`desk.done.${verb}`, { ...answer, ...words });
