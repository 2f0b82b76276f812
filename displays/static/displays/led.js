// An LED bar's picture: still, or running from right to left as the lamps do.

const PIXELS_A_SECOND = 90;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Fit the glass to the bar of `width` × `height` dots, and let a strip that `runs` pass over it; one as long as the last
 *  runs on, however often the page is drawn. */
export function showStrip(glass, [width, height], runs) {
  const picture = glass.querySelector("img");
  if (!picture?.complete || !picture.naturalWidth) return;
  glass.style.aspectRatio = `${width} / ${height}`;
  const shape = [picture.naturalWidth, picture.naturalHeight, glass.clientWidth, runs].join(" ");
  if (picture.dataset.shape === shape) return;
  picture.dataset.shape = shape;
  picture.getAnimations().forEach((each) => each.cancel());
  glass.toggleAttribute("data-runs", runs);
  if (!runs || still.matches) return;
  const shown = glass.clientHeight / height;
  const way = (picture.naturalWidth / picture.naturalHeight) * height * shown - glass.clientWidth;
  picture.animate([{ transform: `translateX(${glass.clientWidth}px)` }, { transform: `translateX(${-way}px)` }], {
    duration: ((way + glass.clientWidth) / PIXELS_A_SECOND) * 1000,
    iterations: Infinity,
  });
}
