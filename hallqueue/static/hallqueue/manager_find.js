// A field that finds a service by name, pinyin or code, or a department: the browser's own list beneath it.

import { pageData, t } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";

const known = new Map();

/** The field; read it with `found(id)`. `departments`: whether these may be named too. */
export const finder = (id, label, departments) => html`
  <div class="field grow"><label for=${id}>${label}</label>
    <input class="input" id=${id} list=${`${id}-list`} maxlength="200" autocomplete="off" placeholder=${t("manager.find_hint")} data-departments=${departments ? "" : nothing} @input=${(event) => ask(event.target)}>
    <datalist id=${`${id}-list`}></datalist></div>`;

/** What stands in the field, as {service} or {department} with its code; null where it names nothing. A name that was
 * typed whole, faster than the list came, is looked up now. */
export async function found(id) {
  const field = document.getElementById(id);
  const name = field?.value.trim();
  if (name && !known.has(name)) await list(field);
  return known.get(name) ?? null;
}

function ask(field) {
  clearTimeout(field.waits);
  if (known.has(field.value.trim())) return;
  field.waits = setTimeout(() => list(field), 150);
}

async function list(field) {
  const query = field.value.trim();
  const departments = "departments" in field.dataset;
  const parts = departments ? pageData.departments.filter((each) => each.name.includes(query)) : [];
  const names = parts.map((each) => note(t("manager.whole_department", each), { department: each.code }));
  for (const each of await services(query)) names.push(note(each.name, { service: each.code }));
  const place = document.getElementById(`${field.id}-list`);
  if (place) render(names.map((name) => html`<option value=${name}></option>`), place);
}

function note(name, code) {
  known.set(name, code);
  return name;
}

async function services(query) {
  try {
    const url = `/${pageData.hall}/window/0/destinations/?q=${encodeURIComponent(query)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).services : [];
  } catch {
    return []; // the server is away; the next letter asks again
  }
}
