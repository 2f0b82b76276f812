// The import of a catalogue: the chosen file stays chosen, so that one may look first and import then.

const form = document.getElementById("upload");
const answer = document.getElementById("answer");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    const body = new FormData(form, button);
    const response = await fetch(location.href, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("answer") ?? page.getElementById("main");
    answer.replaceChildren(...fresh.childNodes);
    const key = page.querySelector("input[name=key]");
    if (key) form.elements.key.value = key.value;
  } catch {
    form.submit(); // no answer: the browser says so itself, in its own words
  } finally {
    button.setAttribute("aria-busy", "false");
  }
});
