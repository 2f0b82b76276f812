// A sentence at the foot of a page.

/** Say something at the foot of the page for five seconds. */
export function toast(sentence, refused = false) {
  const note = document.createElement("p");
  note.className = refused ? "toast toast--refused" : "toast";
  note.textContent = sentence;
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 5000);
}
