// The loudspeakers: looked at anew every few seconds; a test is asked for with a button.

import { pageData, post } from "../hallqueue/page.js";

const EVERY = 3000;
const list = document.getElementById("list");
const here = `/${pageData.hall}/speakers/`;

async function look() {
  const answer = await fetch(`${here}list/`).catch(() => null);
  if (answer?.status === 401 || answer?.redirected) return location.reload();
  if (answer?.ok) take(await answer.text());
}

/** Only the cells that changed are drawn anew: a press, and who stands on a button by keyboard, find it where it was. */
function take(words) {
  const fresh = document.createElement("template");
  fresh.innerHTML = words;
  const [here, there] = [list, fresh.content].map((each) => [...each.querySelectorAll("tbody tr")]);
  if (!here.length || here.length !== there.length) return list.replaceChildren(fresh.content);
  here.forEach((row, at) => renew(row, there[at]));
}

function renew(row, fresh) {
  row.removeAttribute("data-level");
  for (const { name, value } of fresh.attributes) row.setAttribute(name, value);
  const cells = [...fresh.cells];
  [...row.cells].forEach((cell, column) => cell.isEqualNode(cells[column]) || cell.replaceWith(cells[column]));
}

list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-test]");
  if (!button) return;
  button.disabled = true;
  try {
    await post(`${here}test/`, { device: Number(button.dataset.test) });
  } catch (error) {
    document.getElementById("toasts").textContent = error.message;
  } finally {
    button.disabled = false;
  }
});
setInterval(look, EVERY);
