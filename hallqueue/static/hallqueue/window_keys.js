// The keys of the console, and the rules of pressing: a key held down is one press, typing and dialogs are left alone.

/** What a clerk presses for everybody, in the order of the buttons; `may` names what the frame calls it. */
export const VERBS = [
  { verb: "next", code: "Space", sign: "window.key_space", icon: "megaphone" },
  { verb: "recall", code: "KeyR", icon: "volume-2" },
  { verb: "start", code: "KeyS", icon: "play" },
  { verb: "finish", code: "KeyF", icon: "check" },
  { verb: "no_show", code: "KeyN", icon: "user" },
];

/** Where else a person goes, and what is less often pressed: two lower rows, six and six. `free` asks no leave. */
export const MORE_VERBS = [
  { verb: "park", code: "KeyP" },
  { verb: "transfer", code: "KeyT" },
  { verb: "fallback", code: "KeyB", may: "transfer" },
  { verb: "refuse", code: "KeyD" },
  { verb: "concern", code: "KeyW", free: true },
  { verb: "undo", code: "KeyU" },
  { verb: "pick", code: "KeyL" },
  { verb: "requeue", code: "KeyA" },
  { verb: "join", code: "KeyJ" },
  { verb: "correct", code: "KeyC" },
  { verb: "finish_with", code: "KeyG", may: "finish" },
  { verb: "note", code: "KeyE" },
];

export const WINDOW_VERBS = [
  { verb: "open", code: "KeyO", icon: "door-open" },
  { verb: "pause", code: "KeyZ", icon: "pause" },
  { verb: "close", code: "KeyX", icon: "door-closed" },
  { verb: "leave", code: "KeyQ", icon: "log-out" },
];

export const SEAT_VERB = { verb: "sit", code: "KeyK" };

/** The letter on the button. */
export const letter = (entry) => entry.code.replace("Key", "");

const BY_CODE = new Map([...VERBS, ...MORE_VERBS, ...WINDOW_VERBS, SEAT_VERB].map((entry) => [entry.code, entry.verb]));
BY_CODE.set("KeyH", "helper").set("Enter", "next").set("NumpadEnter", "next");

/**
 * Call `press(verb)` for each key meant for the console; codes, not characters, so that an input method is no matter.
 * `type(event, verb)` is asked first and says whether it took the key.
 */
export function listen(press, type) {
  document.addEventListener("keydown", (event) => {
    if (!isMeant(event)) return;
    const verb = verbOf(event);
    const typed = type(event, verb);
    if (!typed && !verb) return;
    event.preventDefault();
    if (!typed && !event.repeat) press(verb);
  });
}

const isMeant = (event) =>
  !(event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) &&
  !event.target.closest("input, textarea, select, [contenteditable]");

function verbOf(event) {
  if (event.code === "Slash" || event.key === "F1") return "help";
  const onControl = event.target.closest("a, button, summary");
  if (onControl && ["Enter", "NumpadEnter", "Space"].includes(event.code)) return event.repeat ? "held" : null;
  return BY_CODE.get(event.code) ?? null;
}
