// The voice of a board or a loudspeaker: speaks the calls of its frames, shows how it sounds, and tells the hall.

import { pageData, post, t } from "../hallqueue/page.js";
import { Announcer, sayingOf } from "./announcer.js";
import { chosenVoice, isResting, saidBy } from "./browser_voice.js";
import { playerOn } from "./player.js";

const MOST_KEPT = 50;
const FAULT_SHOWN = 15_000;
const SOUNDS = `/${pageData.hall}/sound/`;

const button = document.getElementById("sound");
const element = document.getElementById("voice");
const spokenHere = `spoken:${pageData.topic}`;
const unspoken = new Set();
const told = { state: "on", voice: null, trial: null };
const play = playerOn(element);
const tryOut = playerOn(new Audio()); // apart from the voice, so that trying the sound never cuts a call

/** The announcer of this page: `hear(epoch, calls, voice)` for each frame; `now()` is the server's time in ms. */
export function announcerOf(now) {
  const announcer = new Announcer({
    play: say,
    now,
    spoken: spokenBefore(),
    onSpoken: (saying, call) => (remember(saying), tell("on", { said: call.trial ? "" : call.label })),
    onBlocked: () => tell("blocked"),
    onFault: (call) => showFault(call),
    onDropped: (call) => (unspoken.add(sayingOf(call.epoch, call)), tell(told.state, { dropped: [call.label] })),
  });
  button.addEventListener("click", () => touch(announcer));
  probe();
  return {
    hear(epoch, calls, voice) {
      if (voice) follow(announcer, voice, epoch, now);
      return announcer.hear(epoch, calls);
    },
  };
}

/** Whether a saying went unspoken because too many waited. */
export const wasDropped = (saying) => unspoken.has(saying);

function follow(announcer, voice, epoch, now) {
  const before = told.voice;
  told.voice = voice;
  if (voice.volume) element.volume = voice.volume / 100; // what is being said when quiet begins is not cut
  announcer.follow({ limit: voice.limit, drop: voice.drop, quiet: voice.volume === 0 });
  if (!before || before.volume !== voice.volume) tell(told.state);
  const { device, seq } = voice.test;
  if (told.trial !== null && seq > told.trial && device === pageData.device) {
    announcer.add({ id: "trial", said: seq, said_seq: seq, said_at: new Date(now()).toISOString(), sound: "trial", label: "", trial: true, epoch });
  }
  told.trial = Math.max(told.trial ?? 0, seq);
}

/** By the browser's own voice where it comes first and is chosen; by the server's sound where that has failed. */
async function say(call) {
  const name = call.words ? ownVoice() : "";
  element.volume = (told.voice?.volume ?? 100) / 100;
  if (!name || !(await sayOwn(name, call))) await play(`${SOUNDS}${call.sound}.wav`);
}

/** The chime, the words by the browser's voice, and the hall's clips of the other language before or after; false when the voice failed. */
async function sayOwn(name, call) {
  const second = () => call.second && play(`${SOUNDS}${call.second}.wav`).catch((error) => console.warn(String(error)));
  await play(`${SOUNDS}chime.wav`);
  if (told.voice.second_first) await second();
  if (!(await saidBy(name, call.words, call.times, { rate: told.voice.rate, volume: element.volume }))) return false;
  if (!told.voice.second_first) await second();
  return true;
}

/** The voice that says the next call here; "" if the server's sound does. */
const ownVoice = () => (told.voice?.browser && !isResting() ? chosenVoice() : "");

/** Whether this browser lets us be heard, asked without a sound. */
async function probe() {
  const silent = new Audio(`${SOUNDS}chime.wav`);
  silent.volume = 0;
  try {
    await silent.play();
    silent.pause();
    tell("on");
  } catch (error) {
    tell(error.name === "NotAllowedError" ? "blocked" : "fault");
  }
}

async function touch(announcer) {
  try {
    await tryOut(`${SOUNDS}chime.wav`);
    tell("on");
  } catch {
    tell("blocked");
  }
  announcer.resume();
}

/** Show how it sounds, and tell the hall if this page is a paired device; a lost word is told with the next one. */
function tell(state, more = {}) {
  told.state = state;
  show(state);
  if (!pageData.device) return;
  const known = { state, volume: told.voice?.volume ?? 0, voice: ownVoice() };
  post(`/${pageData.hall}/speakers/report/`, { ...known, ...more }).catch((error) => console.warn(String(error)));
}

function show(state) {
  const quiet = told.voice?.volume === 0;
  button.dataset.sound = state;
  button.classList.toggle("board__sound--blocked", state === "blocked");
  button.lastElementChild.textContent = t(state === "blocked" ? "board.sound_blocked" : quiet ? "board.sound_quiet" : state === "on" ? "board.sound_on" : "board.sound_test");
}

function showFault(call) {
  tell("fault");
  button.lastElementChild.textContent = call.label ? t("board.sound_fault", { label: call.label }) : t("board.sound_test");
  setTimeout(() => told.state === "fault" && show("fault"), FAULT_SHOWN);
}

function spokenBefore() {
  return JSON.parse(sessionStorage.getItem(spokenHere) ?? "[]");
}

function remember(saying) {
  sessionStorage.setItem(spokenHere, JSON.stringify([...spokenBefore(), saying].slice(-MOST_KEPT)));
}
