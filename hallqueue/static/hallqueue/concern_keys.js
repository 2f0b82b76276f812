// The keys of the pages of concerns: a letter presses the button or link that shows it; typing and dialogs are left alone.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const name = event.code === "Slash" ? "/" : event.code.replace("Key", "");
  const found = document.querySelector(`[data-key="${CSS.escape(name)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("input")) found.focus();
  else found.click();
});

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
