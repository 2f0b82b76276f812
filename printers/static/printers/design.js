// The page of what slips say: blocks move up and down, and the paper beside them is printed anew from what is typed.

import { newKey, pageData, post, Refusal, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { toast } from "../hallqueue/toast.js";

const form = document.getElementById("design");
const papers = document.getElementById("papers");
const wrong = document.getElementById("wrong");
const language = document.getElementById("language");
let example = "ordinary";
let wanted = 0;
let timer = null;

/** Ask for the paper as it would come out now; only the newest answer is shown. */
async function look() {
  const turn = ++wanted;
  const body = new FormData(form);
  body.set("example", example);
  body.set("language", language.value);
  try {
    const response = await fetch(`preview/?scope=${encodeURIComponent(pageData.scope)}`, { method: "POST", body, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (turn === wanted) show(response.ok ? answer : null, response.ok ? "" : answer.title);
  } catch {
    if (turn === wanted) show(null, t("design.unreachable"));
  }
}

function show(found, sentence) {
  wrong.hidden = !sentence;
  wrong.textContent = sentence;
  if (found) render(Object.entries(found).map(([mode, each]) => paper(mode, each)), papers);
}

const paper = (mode, { pictures, bytes, errors }) => html`
  <figure>
    ${pictures.map((picture) => html`<img src=${picture} alt=${t(`design.mode.${mode}`)}>`)}
    <figcaption class="fine">${t(`design.mode.${mode}`)} · <span class="num">${t("design.bytes", { count: bytes.toLocaleString("zh-CN") })}</span>
      ${errors.length ? html`<br><b>${t("design.stumbles", { errors: errors.join("; ") })}</b>` : nothing}</figcaption>
  </figure>`;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, 350);
}

function move(button) {
  const row = button.closest("li");
  const other = Number(button.dataset.move) < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (Number(button.dataset.move) < 0) other.before(row);
  else other.after(row);
  button.focus();
  soon();
}

async function test(printer) {
  try {
    toast(t("design.tested", await post(`/${pageData.hall}/printers/${printer}/test/`, { example }, { key: newKey() })));
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("design.unreachable"), true);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.move) move(button);
  if (button?.dataset.test) test(button.dataset.test);
  if (!button?.dataset.example) return;
  example = button.dataset.example;
  document.querySelectorAll("[data-example]").forEach((each) => each.setAttribute("aria-pressed", each === button ? "true" : "false"));
  look();
});
form.addEventListener("input", soon);
language.addEventListener("change", look);
look();
