// Nobody there: after a while a visible countdown, then back to the start; any touch or key stops it.

const COUNT = 10;

/**
 * `calm()` says that nothing need be put back; `patience()` gives the milliseconds before the countdown;
 * `onCount(seconds left or null)` while it runs; `onEnd()` when it is over. Returns {touch()}.
 */
export function watchIdle({ calm, patience, onCount, onEnd }) {
  let touchedAt = Date.now();
  let counting = false;

  const touch = () => {
    touchedAt = Date.now();
    if (counting) onCount(null);
    counting = false;
  };

  const look = () => {
    if (calm()) return touch();
    const over = Date.now() - touchedAt - patience();
    if (over < 0) return undefined;
    counting = true;
    const left = COUNT - Math.floor(over / 1000);
    if (left > 0) return onCount(left);
    touch();
    return onEnd();
  };

  // The countdown's own button stays under the finger until it is pressed.
  const touchedOutside = (event) => event.target.closest?.(".idle") || touch();
  for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    addEventListener(kind, touchedOutside, { passive: true, capture: true });
  }
  setInterval(look, 500);
  return { touch };
}
