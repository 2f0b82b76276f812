// The loudspeakers: looked at anew every few seconds; a test is asked for with a button.

import { pageData, post } from "../hallqueue/page.js";

const EVERY = 3000;
const list = document.getElementById("list");
const here = `/${pageData.hall}/speakers/`;

async function look() {
  const answer = await fetch(`${here}list/`).catch(() => null);
  if (answer?.status === 401 || answer?.redirected) return location.reload();
  if (answer?.ok) list.innerHTML = await answer.text();
}

list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-test]");
  if (!button) return;
  button.disabled = true;
  try {
    await post(`${here}test/`, { device: Number(button.dataset.test) });
  } catch (error) {
    document.getElementById("toasts").textContent = error.message;
  }
});
setInterval(look, EVERY);
