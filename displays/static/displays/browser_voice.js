// A browser's own voice, chosen by name on this computer: for display PCs that have a real Chinese one.

const KEPT = "browser-voice";
const PATIENCE_TO_START = 3_000;
const LONGEST_SIGN = 800; // at rate 1; the slowest voice heard took 350
const REST = 60_000;

let restsUntil = 0;
let lastTurn = Promise.resolve();

/** The Chinese voices of this browser, by name; they may come a moment after the page. */
export function voicesHere() {
  const found = globalThis.speechSynthesis?.getVoices() ?? [];
  return found.filter((voice) => /^(zh|cmn|yue)/i.test(voice.lang)).map((voice) => voice.name);
}

/** The name chosen on this computer; "" if none was, or if it is gone. */
export function chosenVoice() {
  const name = localStorage.getItem(KEPT) ?? "";
  return voicesHere().includes(name) ? name : "";
}

/** The name that was chosen here and is gone from this browser; "" if none is. */
export function lostVoice() {
  const name = localStorage.getItem(KEPT) ?? "";
  return voicesHere().includes(name) ? "" : name;
}

export function chooseVoice(name) {
  localStorage.setItem(KEPT, name);
  restsUntil = 0;
}

/** Whether the voice failed a moment ago: so long calls are not tried with it, for each would come late. */
export const isResting = () => performance.now() < restsUntil;

/**
 * Says words so many times; false when the voice failed before it had said them once. Then it rests for a minute.
 * Rejects only with NotAllowedError: the browser waits for a touch.
 */
export async function saidBy(name, words, times, how) {
  for (let time = 0; time < times; time++) {
    try {
      await sayBy(name, words, how);
    } catch (error) {
      if (error.name === "NotAllowedError") throw error;
      restsUntil = performance.now() + REST;
      return time > 0;
    }
  }
  return true;
}

/** Says words to their end, after what is being said; rejects when the voice fails, does not begin or does not end. */
export function sayBy(name, words, how = {}) {
  const mine = lastTurn.then(() => spoken(name, words, how));
  lastTurn = mine.catch(() => {});
  return mine;
}

function spoken(name, words, { rate = 1, volume = 1 }) {
  return new Promise((resolve, reject) => {
    const said = new SpeechSynthesisUtterance(words);
    const late = (why) => (settle(reject, new Error(why)), speechSynthesis.cancel());
    let patience = setTimeout(late, PATIENCE_TO_START, "the voice did not begin");
    const settle = (how, what) => {
      clearTimeout(patience);
      [said.onstart, said.onend, said.onerror] = [null, null, null];
      how(what);
    };
    said.voice = speechSynthesis.getVoices().find((voice) => voice.name === name);
    [said.lang, said.rate, said.volume] = ["zh-CN", rate, volume];
    said.onstart = () => {
      clearTimeout(patience);
      patience = setTimeout(late, PATIENCE_TO_START + (words.length * LONGEST_SIGN) / rate, "the voice did not end");
    };
    said.onend = () => settle(resolve);
    said.onerror = (event) => {
      const error = new Error(event.error);
      if (event.error === "not-allowed") error.name = "NotAllowedError";
      settle(reject, error);
    };
    speechSynthesis.speak(said);
  });
}
