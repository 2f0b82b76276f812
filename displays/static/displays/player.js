// Plays one WAV after the other on the page's audio element, and says when each has ended.

const PATIENCE_TO_START = 8_000;
const PATIENCE_TO_END = 3_000;

/** A function that plays an address to its end; it rejects when the sound cannot be had, stalls, or is not allowed. */
export function playerOn(element) {
  return (address) =>
    new Promise((resolve, reject) => {
      const over = new AbortController();
      const on = (event, listener) => element.addEventListener(event, listener, { signal: over.signal });
      let patience = setTimeout(() => settle(reject, new Error("the sound did not start")), PATIENCE_TO_START);

      const settle = (how, what) => {
        clearTimeout(patience);
        over.abort();
        how(what);
      };
      const play = () => element.play().catch((error) => settle(reject, error));

      on("ended", () => settle(resolve));
      on("error", () => settle(reject, new Error(element.error?.message || "the sound cannot be played")));
      on("playing", () => {
        clearTimeout(patience);
        const left = (element.duration - element.currentTime) * 1000 + PATIENCE_TO_END;
        patience = setTimeout(() => settle(reject, new Error("the sound stalled")), left);
      });
      // Something outside the page (a pulled plug, a media key) paused it: a call is said in full.
      on("pause", () => element.ended || element.error || play());

      element.src = address;
      play();
    });
}
