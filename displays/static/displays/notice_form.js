// A file that is too large is told when it is chosen: what goes up and is refused costs minutes on a telephone's link.

const MB = 1024 * 1024;

const file = document.getElementById("file");
const error = document.getElementById("file-error");

file.addEventListener("change", () => {
  const [chosen] = file.files;
  const kind = chosen?.type.startsWith("video/") ? "video" : "picture";
  const fits = !chosen || chosen.size <= Number(file.dataset[kind]) * MB;
  error.hidden = fits;
  error.textContent = fits ? "" : error.dataset[kind];
  file.setCustomValidity(error.textContent);
});
