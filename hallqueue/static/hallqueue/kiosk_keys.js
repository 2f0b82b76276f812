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
  const here = document.activeElement.getBoundingClientRect();
  const ways = [...document.querySelectorAll(PRESSABLE)].filter((each) => each.checkVisibility());
  const near = ways
    .map((each) => ({ each, far: distance(here, each.getBoundingClientRect(), x, y) }))
    .filter(({ each, far }) => each !== document.activeElement && far !== null)
    .sort((a, b) => a.far - b.far)[0];
  if (!near) return;
  event.preventDefault();
  near.each.focus();
}

/** How far `there` lies in the direction (x, y); what stands aside counts three times; null when it lies elsewhere. */
function distance(here, there, x, y) {
  const dx = middle(there.left, there.right) - middle(here.left, here.right);
  const dy = middle(there.top, there.bottom) - middle(here.top, here.bottom);
  const along = dx * x + dy * y;
  if (along <= 8) return null;
  const [level, upright] = [gap(here.left, here.right, there.left, there.right), gap(here.top, here.bottom, there.top, there.bottom)];
  const aside = x ? upright : level;
  return along + 3 * aside + 0.05 * Math.abs(x ? dy : dx);
}

const middle = (from, to) => (from + to) / 2;
const gap = (from, to, otherFrom, otherTo) => Math.max(0, otherFrom - to, from - otherTo);
