// The manager's devices: approve the code a device shows, see what is paired, revoke.

import { clock, dateOf } from "./moments.js";
import { pageData, post, t, Refusal } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";

const base = `/${pageData.hall}/devices/`;
const view = { devices: pageData.devices, kind: "kiosk", error: "", busy: false };
const sure = document.getElementById("sure");
const sprite = new URL("./icons/sprite.svg", import.meta.url).href;
const ICONS = { kiosk: "ticket", board: "monitor", screen: "megaphone", printer: "printer" };

const icon = (name, more = "") => html`<svg class="icon ${more}" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`;

const form = () => html`
  <div class="stack tight"><h2>${t("pairing.add")}</h2>
    <p class="soft">${t("pairing.add_lead", { address: `${location.host}/${pageData.hall}/pair/` })}</p></div>
  <div class="field"><label for="code">${t("pairing.code")}</label>
    <input class="input code-input" id="code" name="code" required maxlength="12" autocomplete="off" autocapitalize="characters"
      spellcheck="false" aria-invalid=${view.error ? "true" : "false"} aria-describedby="code-error">
    <p class="field__error" id="code-error" role="alert" ?hidden=${!view.error}>${view.error}</p></div>
  <div class="field"><label for="kind">${t("pairing.kind")}</label>
    <select class="input" id="kind" name="kind" @change=${(event) => show({ kind: event.target.value })}>
      ${pageData.kinds.map((kind) => html`<option value=${kind}>${t(`pairing.kinds.${kind}`)}</option>`)}</select></div>
  ${view.kind === "screen" ? windowField() : nothing}
  <div class="field"><label for="name">${t("pairing.name")}</label>
    <input class="input" id="name" name="name" required maxlength="60" autocomplete="off">
    <p class="field__hint">${t("pairing.name_hint")}</p></div>
  ${view.kind === "board" && pageData.zones.length ? zoneField() : nothing}
  <button class="button button--primary button--wide" aria-busy=${view.busy ? "true" : "false"}>${t("pairing.approve")}</button>`;

const windowField = () => html`<div class="field"><label for="window">${t("pairing.window")}</label>
  <select class="input" id="window" name="window">${pageData.windows.map(
    (each) => html`<option value=${each.number}>${t("pairing.window_number", each)}${each.name ? ` · ${each.name}` : ""}</option>`,
  )}</select></div>`;

const zoneField = () => html`<div class="field"><label for="zone">${t("pairing.zone")}</label>
  <select class="input" id="zone" name="zone"><option value="">${t("pairing.all_zones")}</option>
    ${pageData.zones.map((zone) => html`<option>${zone}</option>`)}</select></div>`;

const list = () =>
  view.devices.length
    ? html`<div class="card card--flush"><ul class="list">${view.devices.map(row)}</ul></div>`
    : html`<div class="empty">${icon("link-2")}<p>${t("pairing.none")}</p></div>`;

const row = (device) => html`<li class="list__row ${device.revoked_at ? "device--gone" : ""}">
  ${icon(ICONS[device.kind], "device__icon")}<b>${device.name}</b>
  <span class="soft">${t(`pairing.kinds.${device.kind}`)}${device.window ? ` · ${t("pairing.window_number", { number: device.window })}` : ""}${device.zone ? ` · ${device.zone}` : ""}</span>
  <span class="list__end"><span class="fine num">${dateOf(device.approved_at)} ${clock(device.approved_at)}</span>${
    device.revoked_at
      ? html`<span class="state" data-state="closed">${t("pairing.gone")}</span>`
      : html`<button class="button button--small" @click=${() => ask(device)}>${t("pairing.revoke")}</button>`
  }</span></li>`;

function ask(device) {
  const revoke = () => {
    sure.close();
    act("revoke/", { device: device.id }, t("pairing.revoked_name", device));
  };
  render(
    html`<div class="dialog__head"><h2>${t("pairing.revoke")}</h2></div>
      <div class="dialog__body"><p>${t("pairing.revoke_sure", device)}</p></div>
      <div class="dialog__foot"><button class="button" @click=${() => sure.close()}>${t("pairing.cancel")}</button>
        <button class="button button--alarm" @click=${revoke}>${t("pairing.revoke")}</button></div>`,
    sure,
  );
  sure.showModal();
}

async function act(path, fields, said) {
  show({ busy: true, error: "" });
  try {
    await post(base + path, fields);
    const answer = await fetch(`${base}list/`, { headers: { Accept: "application/json" } });
    show({ devices: (await answer.json()).devices, busy: false });
    toast(said);
    return true;
  } catch (error) {
    show({ busy: false, error: error instanceof Refusal ? error.message : t("pairing.unreachable") });
    return false;
  }
}

function toast(words) {
  const box = Object.assign(document.createElement("div"), { className: "toast", textContent: words });
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 4000);
}

async function approve(event) {
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(event.target));
  if (typed.window) typed.window = Number(typed.window);
  if (await act("approve/", typed, t("pairing.approved_name", typed))) event.target.reset(), show({ kind: "kiosk" });
}

function show(change = {}) {
  Object.assign(view, change);
  render(form(), document.getElementById("add"));
  render(list(), document.getElementById("list"));
}

document.getElementById("add").addEventListener("submit", approve);
show();
