// The record of a walkthrough: a manager may say that it does not count.

import { newKey, post } from "./page.js";

const form = document.getElementById("drop");
const key = newKey();

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await post("drop/", { reason: form.reason.value }, { key });
    location.reload();
  } catch (error) {
    const place = form.querySelector(".field__error");
    place.textContent = error.message;
    place.hidden = false;
  }
});
