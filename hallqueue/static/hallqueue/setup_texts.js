// The texts: what is typed stands in the previews at once, sign by sign.

const typed = document.querySelector("[data-shown]");
const previews = document.querySelectorAll("[data-preview]");

typed?.addEventListener("input", () => {
  for (const preview of previews) preview.textContent = typed.value;
});
document.querySelector(".wordings__list [aria-current]")?.scrollIntoView({ block: "nearest" });
