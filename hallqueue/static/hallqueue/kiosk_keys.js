// The kiosk by keyboard: arrows walk over what can be pressed, letters search, Escape goes back, a held key presses once.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PRESSABLE = "a[href], button:not(:disabled), input:not(:disabled)";

/** Listen to the keyboard for the page in `state`, doing what `actions` offers. */
export function steer(state, actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
    else if (event.key === "Escape") actions.back();
    else if (ARROWS[event.key]) walk(event);
    else if (/^[\p{L}\p{N}]$/u.test(event.key)) type(event, state, actions);
  });
}

function type(event, state, actions) {
  if (event.target.matches("input") || !["home", "department", "search"].includes(state.view)) return;
  event.preventDefault();
  actions.search((state.view === "search" ? state.query : "") + event.key.toLowerCase());
}

/** Move the focus to the nearest thing in that direction; inside a text the arrows to the sides stay its own. */
function walk(event) {
  const [x, y] = ARROWS[event.key];
  if (event.target.matches("input") && x) return;
  const here = centre(document.activeElement);
  const ways = [...document.querySelectorAll(PRESSABLE)].filter((each) => each.checkVisibility());
  const near = ways
    .map((each) => ({ each, far: distance(here, centre(each), x, y) }))
    .filter(({ each, far }) => each !== document.activeElement && far !== null)
    .sort((a, b) => a.far - b.far)[0];
  if (!near) return;
  event.preventDefault();
  near.each.focus();
}

function centre(element) {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** How far `there` lies in the direction (x, y), sideways counting three times; null when it lies elsewhere. */
function distance(here, there, x, y) {
  const along = (there.x - here.x) * x + (there.y - here.y) * y;
  const aside = Math.abs((there.x - here.x) * y) + Math.abs((there.y - here.y) * x);
  return along > 8 ? along + 3 * aside : null;
}
