// The board's voice: what the button says, and what a person's touch does.

import { pageData, t } from "../hallqueue/page.js";
import { Announcer } from "./announcer.js";
import { playerOn } from "./player.js";

const MOST_SPOKEN_KEPT = 50;
const FAULT_SHOWN = 15_000;

const button = document.getElementById("sound");
const spokenHere = `spoken:${pageData.topic}`;
const play = playerOn(document.getElementById("voice"));
const tryOut = playerOn(new Audio()); // apart from the voice, so that trying the sound never cuts a call

/** The announcer of this board; `now()` is the server's time in ms. */
export function announcerOf(now) {
  const announcer = new Announcer({
    play: (call) => play(`/${pageData.hall}/sound/${call.sound}.wav`),
    now,
    spoken: spokenBefore(),
    onSpoken: remember,
    onBlocked: () => showSound("blocked"),
    onFault: (call) => showFault(call),
  });
  button.addEventListener("click", async () => {
    try {
      await tryOut(`/${pageData.hall}/sound/chime.wav`);
      showSound("on");
    } catch {
      showSound("blocked");
    }
    announcer.resume();
  });
  return announcer;
}

function showSound(state) {
  button.dataset.sound = state;
  button.classList.toggle("board__sound--blocked", state === "blocked");
  button.lastElementChild.textContent = t(`board.sound_${state === "blocked" ? "blocked" : state === "on" ? "on" : "test"}`);
}

function showFault(call) {
  button.dataset.sound = "fault";
  button.lastElementChild.textContent = t("board.sound_fault", { label: call.label });
  setTimeout(() => showSound("test"), FAULT_SHOWN);
}

function spokenBefore() {
  return JSON.parse(sessionStorage.getItem(spokenHere) ?? "[]");
}

function remember(saying) {
  if (button.dataset.sound === "blocked") showSound("test");
  sessionStorage.setItem(spokenHere, JSON.stringify([...spokenBefore(), saying].slice(-MOST_SPOKEN_KEPT)));
}
