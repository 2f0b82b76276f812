// How the scripts stand together: the page itself follows every choice.

const form = document.getElementById("scripts");
const shown = document.documentElement;

form.addEventListener("change", () => {
  const chosen = new FormData(form);
  shown.dataset.mn = chosen.has("shown") ? "on" : "off";
  shown.dataset.mnSide = chosen.get("side");
  shown.dataset.mnSize = chosen.get("size");
  shown.dataset.mnFirst = chosen.get("first");
});
