// The keys of the desk: letters work wherever no text is typed; each stands on its button.

/** Every key, in the order of the help page: its code, and what it means. */
export const KEYS = [
  ["KeyF", "find"],
  ["KeyH", "help_take"],
  ["KeyD", "help_done"],
  ["KeyK", "call"],
  ["KeyL", "lend"],
  ["KeyR", "back"],
  ["KeyV", "verify"],
  ["KeyU", "unverify"],
  ["KeyA", "requeue"],
  ["KeyP", "slip"],
  ["KeyB", "redirect"],
  ["KeyC", "correct"],
  ["KeyO", "concern"],
  ["KeyX", "cancel"],
  ["KeyM", "language"],
  ["KeyG", "printer"],
  ["KeyN", "note"],
  ["KeyE", "also"],
  ["KeyS", "sound"],
];

const BY_CODE = new Map([...KEYS, ["Slash", "keys"], ["Escape", "find"], ["Equal", "more"], ["NumpadAdd", "more"], ["Minus", "fewer"], ["NumpadSubtract", "fewer"], ["Enter", "enter"], ["NumpadEnter", "enter"]]);
for (let digit = 0; digit < 10; digit++) BY_CODE.set(`Digit${digit}`, `digit${digit}`).set(`Numpad${digit}`, `digit${digit}`);
const SIGNS = new Map(KEYS.map(([code, verb]) => [verb, code.replace("Key", "")]));

/** The letter that stands on the button of a verb. */
export const sign = (verb) => SIGNS.get(verb);

/** Call `press(verb)` for each key meant for the page; codes, not characters, so that an input method is no matter. */
export function listen(press) {
  document.addEventListener("keydown", (event) => {
    const verb = verbOf(event);
    if (!verb) return;
    event.preventDefault();
    if (!event.repeat) press(verb);
  });
}

function verbOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return null;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return null;
  if (event.target.closest("a, button, summary") && ["Enter", "NumpadEnter", "Space"].includes(event.code)) return null;
  return BY_CODE.get(event.code) ?? null;
}
