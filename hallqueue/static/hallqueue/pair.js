// A browser that is to become a device: shows a code, waits for its approval, takes its token, opens its page.

import { pageData, post, t, Refusal } from "./page.js";

const ASK_EVERY = 2000;
const base = `/${pageData.hall}/pair/`;
const shown = { until: 0 };
const byId = (id) => document.getElementById(id);

function say(key, state = "waiting") {
  byId("state").textContent = key in pageData.texts ? t(key) : key;
  byId("state").dataset.state = state;
}

async function newCode() {
  const { code, lives } = await post(`${base}code/`);
  shown.until = Date.now() + lives * 1000;
  byId("code").textContent = `${code.slice(0, 4)} ${code.slice(4)}`;
  byId("left").textContent = t("pairing.left", { minutes: Math.round(lives / 60) });
  say("pairing.waiting");
}

async function askStatus() {
  const response = await fetch(`${base}status/`, { headers: { Accept: "application/json" } });
  const { state } = await response.json();
  if (state === "approved") return takeToken();
  if (state === "expired") return newCode();
  say("pairing.waiting");
}

async function takeToken() {
  const { url } = await post(`${base}claim/`);
  say("pairing.approved", "done");
  shown.until = Infinity;
  location.replace(url);
}

/** One look after the other, for ever: a server that is away is simply asked again. */
async function round() {
  try {
    await (Date.now() > shown.until ? newCode() : askStatus());
  } catch (error) {
    say(error instanceof Refusal ? error.message : "pairing.unreachable", "paused");
  }
  if (shown.until !== Infinity) setTimeout(round, ASK_EVERY);
}

byId("address").textContent = t("pairing.where", { address: location.host });
round();
