// A browser's own voice, chosen by name on this computer: for display PCs that have a real Chinese one.

const KEPT = "browser-voice";
const PATIENCE = 20_000;

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

export function chooseVoice(name) {
  localStorage.setItem(KEPT, name);
}

/** Says words to their end; rejects when the voice fails or stays silent. */
export function sayBy(name, words, { rate = 1, volume = 1 } = {}) {
  return new Promise((resolve, reject) => {
    const said = new SpeechSynthesisUtterance(words);
    const patience = setTimeout(() => (speechSynthesis.cancel(), reject(new Error("the voice did not end"))), PATIENCE);
    said.voice = speechSynthesis.getVoices().find((voice) => voice.name === name);
    [said.lang, said.rate, said.volume] = ["zh-CN", rate, volume];
    said.onend = () => (clearTimeout(patience), resolve());
    said.onerror = (event) => {
      clearTimeout(patience);
      const error = new Error(event.error);
      if (event.error === "not-allowed") error.name = "NotAllowedError";
      reject(error);
    };
    speechSynthesis.speak(said);
  });
}
