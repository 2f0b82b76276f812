// One case: a verb's button opens its questions; what is said goes to the server once, and the page is read anew.

import "./concern_keys.js";
import { newKey, post, postFile, Refusal, t } from "./page.js";

const SHOWN_FOR = 60_000;

for (const button of document.querySelectorAll("button[data-verb]")) button.addEventListener("click", () => open(button.dataset.verb));

function open(verb) {
  const dialog = document.getElementById(`say-${verb}`);
  const form = dialog.querySelector("form");
  form.key = newKey(); // one key for what this dialog says, however often it is sent until it is answered
  complain(form, "");
  dialog.showModal();
  (dialog.querySelector("select, textarea, input") ?? dialog.querySelector(".dialog__foot .button:last-child")).focus();
}

for (const form of document.querySelectorAll("dialog form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void once(form, () => say(form));
  });
  form.querySelector("[data-close]").addEventListener("click", () => form.closest("dialog").close());
}

async function say(form) {
  const answer = await post(`${form.dataset.verb}/`, fieldsOf(form), { key: form.key });
  if (form.dataset.verb !== "person") return location.reload();
  form.closest("dialog").close();
  form.reset();
  show(answer);
}

function fieldsOf(form) {
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  for (const each of form.querySelectorAll("[data-number]")) if (fields[each.name]) fields[each.name] = Number(fields[each.name]);
  for (const each of form.querySelectorAll("[data-list]")) fields[each.dataset.list] = ticked(each);
  return fields;
}

/** What is ticked in a list: numbers or words, as the list says. */
function ticked(list) {
  const values = [...list.querySelectorAll(":checked")].map((each) => each.value);
  return "numbers" in list.dataset ? values.map(Number) : values;
}

/** The identity stands on the screen for a minute, then it is masked again. */
function show({ name, phone }) {
  const place = document.getElementById("person");
  const masked = place.textContent;
  place.textContent = `${name} ${phone}`;
  setTimeout(() => (place.textContent = masked), SHOWN_FOR);
}

/** Run what a form says, its button at rest meanwhile; a refusal stands in the form, and what was typed stays. */
async function once(form, work) {
  const button = form.querySelector("button:not([type=button])");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    complain(form, error instanceof Refusal ? error.message : t("concern.lost"));
    if (error instanceof Refusal) form.key = newKey(); // it has its answer: what is said next is another thing
  } finally {
    button.disabled = false;
  }
}

function complain(form, words) {
  const place = form.querySelector(".field__error");
  place.textContent = words;
  place.hidden = !words;
}

const photos = document.getElementById("photo-form");
photos?.addEventListener("submit", (event) => {
  event.preventDefault();
  void once(photos, upload);
});

async function upload() {
  const { photos: file, ...fields } = Object.fromEntries(new FormData(photos));
  await postFile("photos/", { ...fields, key: newKey() }, "photos", file);
  location.reload();
}
