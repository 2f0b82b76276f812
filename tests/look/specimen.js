/** Dresses the specimen from its address: ?theme=dark&view=elder&dialog=1 */
const wanted = new URLSearchParams(location.search);
const root = document.documentElement;
for (const name of ["theme", "view", "surface"]) {
  if (wanted.get(name)) root.dataset[name] = wanted.get(name);
}
addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".countdown").forEach((ring) => ring.style.setProperty("--left", "0.8"));
  document.querySelectorAll(".meter").forEach((meter) => meter.style.setProperty("--part", "0.7"));
  if (wanted.get("dialog")) document.querySelector("dialog")?.showModal();
});
